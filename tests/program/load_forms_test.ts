import { assert, assertEquals, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path";
import {
  BytecodeModule,
  Instance,
  IreeError,
  load,
  type ModuleSource,
  VmBuffer,
} from "../../mod.ts";
import { inspectProgram } from "../../lib/inspect/mod.ts";
import { encodeNpy, readNpy, writeNpy } from "../../lib/npy/mod.ts";
import { program, test } from "../support.ts";

const mul = await program("mul.mlir");
const bytes = await Deno.readFile(mul);

/** A copy in shared memory. */
function shared(): Uint8Array<SharedArrayBuffer> {
  const array = new Uint8Array(new SharedArrayBuffer(bytes.length));
  array.set(bytes);
  return array;
}

function named(search: string, hash = ""): URL {
  const url = toFileUrl(mul);
  url.search = search;
  url.hash = hash;
  return url;
}

/** All forms of one program. */
const FORMS: Readonly<Record<string, ModuleSource>> = {
  "a path": mul,
  "a URL": toFileUrl(mul),
  "the text of a URL": toFileUrl(mul).href,
  "a URL with a query": named("?v=1"),
  "a URL with a fragment": named("", "#v"),
  "the text of a URL with both": named("?v=100%", "#v").href,
  "a Uint8Array": bytes,
  "an ArrayBuffer": bytes.slice().buffer,
  "a Uint8Array over shared memory": shared(),
  "a SharedArrayBuffer": shared().buffer,
  "a part of a resizable buffer": resizable(),
  "the bytes of a response": await new Response(bytes).bytes(),
  "the buffer of a response": await new Response(bytes).arrayBuffer(),
};

function resizable(): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(bytes.length + 8, { maxByteLength: 1 << 20 });
  const array = new Uint8Array(buffer, 8);
  array.set(bytes);
  return array;
}

for (const [form, source] of Object.entries(FORMS)) {
  test(`A program loads from ${form}, alone or among options`, () => {
    const options = { device: "local-sync" };
    for (
      const loaded of [
        load(source, options),
        load({ modules: [source], ...options }),
      ]
    ) {
      using it = loaded;
      assertEquals(it.mainModule.name, "mul");
    }
    using alone = load(source);
    assertEquals(alone.mainModule.name, "mul");
    using instance = Instance.open();
    if (typeof source === "string" || source instanceof URL) {
      BytecodeModule.fromFile(instance, source).dispose();
    }
    if (source instanceof BytecodeModule) return;
    assertEquals(inspectProgram(source as string).name, "mul");
  });
}

test("An existing module loads alone", () => {
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, mul);
  using loaded = load(module, { device: "local-sync" });
  assertEquals(loaded.mainModule.name, "mul");
});

test("A response and a blob are rejected with a suggestion", () => {
  for (const source of [new Response(bytes), new Blob([bytes])]) {
    for (
      const call of [
        () => load(source as never),
        () => load({ modules: [source as never] }),
      ]
    ) {
      const error = assertThrows(
        call,
        IreeError,
        "a module must be a path, a file: URL, bytes or a module, got a",
      );
      assertEquals(error.hint, "pass `await it.bytes()`");
    }
  }
});

test("readNpy and writeNpy accept file URLs with a query or fragment", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const url = `${toFileUrl(folder)}/array.npy`;
    writeNpy(`${url}?v=1`, new Float32Array([1, 2]));
    assertEquals(readNpy(`${url}#v`)[0].data, new Float32Array([1, 2]));
    assert(Deno.statSync(`${folder}/array.npy`).isFile);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

test("An ArrayBuffer is accepted wherever bytes are", () => {
  using instance = Instance.open();
  using buffer = VmBuffer.from(instance, new Uint8Array([1, 2, 3]).buffer);
  const target = new ArrayBuffer(2);
  buffer.read(target, 1);
  assertEquals(new Uint8Array(target), new Uint8Array([2, 3]));
  assertThrows(
    () => VmBuffer.from(instance, encodeNpy as never),
    IreeError,
    "must be a Uint8Array or an ArrayBuffer",
  );
});
