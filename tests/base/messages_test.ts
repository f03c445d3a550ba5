import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import {
  BufferView,
  Context,
  Instance,
  IreeError,
  List,
  load,
} from "../../mod.ts";
import {
  denoFlags,
  execute,
  program,
  ROOT,
  ROOT_URL,
  TemporaryFolder,
  test,
} from "../support.ts";

const mul = await program("mul.mlir");

const copy = await loadCopy();
// Opened here, since the library stays loaded.
copy.Instance.open({ bindAll: true }).dispose();

async function loadCopy(): Promise<typeof import("../../mod.ts")> {
  using folder = new TemporaryFolder();
  for (const name of ["mod.ts", "deno.json", "lib", "ffi"]) {
    Deno.symlinkSync(join(ROOT, name), folder.join(name));
  }
  return await import(toFileUrl(folder.join("mod.ts")).href);
}

function messageOf(act: () => unknown): string {
  return assertThrows(act, IreeError).detail;
}

test("Messages name the kind of a value with its article", () => {
  using instance = Instance.open();
  const found = [[], new Date(), new Uint8Array(1), null, "x", 1n, () => {}]
    .map((value) =>
      messageOf(() => List.create(instance, value as never))
        .replace("options must be an object, got ", "")
    );
  assertEquals(
    messageOf(() => Context.create(instance, {} as never)),
    "modules must be an array, got an object",
  );
  assertEquals(found, [
    "an array",
    "a Date",
    "a Uint8Array",
    "null",
    "a string",
    "the bigint 1n",
    "a function",
  ]);
});

test("Messages say that an object is of another copy of the package", () => {
  using instance = Instance.open();
  using other = copy.Instance.open();
  using foreign = copy.BufferView.from(other, new Float32Array(4));
  using own = BufferView.from(instance, new Float32Array(4));
  using program = load(mul);
  assertMatch(
    messageOf(() => program.mul!(foreign, own)),
    /a BufferView of another copy of the package/,
  );
  assertMatch(
    messageOf(() => program.mul!(new Proxy(own, {}), own)),
    /a BufferView that this package did not create, such as a Proxy/,
  );
});

test("An uncaught error prints its hint once", async () => {
  const { stderr } = await execute(Deno.execPath(), [
    "eval",
    ...denoFlags(),
    `import { IreeError } from "${ROOT_URL}mod.ts";
     throw new IreeError("UNKNOWN", ["the", "detail"].join(" "), {
       hint: ["the", "hint"].join(" "),
     });`,
  ]);
  assertEquals(stderr.split("the hint").length - 1, 1, stderr);
  assertEquals(stderr.split("the detail").length - 1, 1, stderr);
});

test("Nested arrays of more numbers than the engine can hold are rejected", () => {
  using instance = Instance.open();
  using long = BufferView.from(instance, new Int8Array(2 ** 25 + 1));
  using wide = BufferView.from(instance, new Int8Array(0), [2 ** 27, 0]);
  for (const view of [long, wide]) {
    const error = assertThrows(() => view.toNestedArray(), IreeError);
    assertEquals(error.code, "RESOURCE_EXHAUSTED");
    assertEquals(
      error.hint,
      "toTypedArray returns the elements without nesting",
    );
  }
});
