import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type BufferView,
  IreeError,
  List,
  load,
  type LoadedProgram,
  type NdArray,
} from "../mod.ts";
import { program, test } from "./support.ts";

const asyncWork = await program("async_work.mlir");

const open = (): LoadedProgram =>
  load({ modules: [asyncWork], device: "local-task" });

/** The matrix that changes nothing that it is multiplied with. */
const identity = Float32Array.from(
  { length: 65536 },
  (_, index) => index % 257 === 0 ? 1 : 0,
);

test("The contents of a tensor cannot be had before its submission is finished", async () => {
  using loaded = open();
  using other = open();
  using fork = loaded.context.fork();
  using forkedAdd = fork.lookupFunction("async_work.add");
  const add = loaded.lookupFunction("add");
  using list = List.from(loaded.context.instance, [null]);
  const slow = loaded.lookupFunction("power").submit(identity, 50);
  const sum = loaded.lookupFunction("accumulate").submit([1, 2, 3, 4]);
  using view = sum.results as BufferView;
  using matrix = slow.results as BufferView;
  assertEquals(view.shape, [4]);
  const uses: (() => unknown)[] = [
    () => view.toTypedArray(),
    () => view.toNestedArray(),
    () => view.toBytes(),
    () => view.read(new Float32Array(4)),
    () => view.write(new Float32Array(4)),
    () => view.map(),
    () => view.format(),
    () => list.set(0, view),
    () => other.call("add", view, view),
    () => forkedAdd.call(view, view),
    () => forkedAdd.bind(view, view),
  ];
  for (const use of uses) {
    const error = assertThrows(use, IreeError, "are not there");
    assertEquals(error.code, "FAILED_PRECONDITION");
    assertStringIncludes(error.hint ?? "", "`finished`");
  }
  await assertRejects(
    () => forkedAdd.callAsync(view, view),
    IreeError,
    "are not there",
  );
  // Calls of the context follow each other.
  using twice = add.call(view, view) as BufferView;
  assertEquals(twice.format(), "4xf32=2 4 6 8");
  await Promise.all([sum.finished, slow.finished]);
  assertEquals(view.format(), "4xf32=1 2 3 4");
  assertEquals(matrix.toTypedArray(), identity);
  using again = forkedAdd.call(view, view) as BufferView;
  assertEquals(again.format(), "4xf32=2 4 6 8");
});

test("However many calls wait, Deno has threads left for files", async () => {
  using loaded = open();
  const slow = loaded.lookupFunction("power").submit(identity, 200);
  const accumulate = loaded.lookupFunction("accumulate");
  const submissions = Array.from(
    { length: 100 },
    () => accumulate.submit([1, 1, 1, 1]),
  );
  const start = performance.now();
  await Deno.readFile(asyncWork);
  const read = performance.now() - start;
  await Promise.all([slow, ...submissions].map(({ finished }) => finished));
  const whole = performance.now() - start;
  assert(read < whole / 2, `the file took ${read} of ${whole} ms`);
  for (const [index, { results }] of submissions.entries()) {
    using view = results as BufferView;
    assertEquals(view.toTypedArray()[0], index + 1);
  }
  (slow.results as BufferView).dispose();
});

test("Nothing is submitted while code that reads its arguments began a call", async () => {
  using loaded = open();
  const power = loaded.lookupFunction("power");
  let begun: Promise<unknown> | undefined;
  const tensor: NdArray = {
    get elementType(): "f32" {
      begun ??= power.callAsync(identity, 50);
      return "f32";
    },
    shape: [4],
    data: new Float32Array(4),
  };
  const accumulate = loaded.lookupFunction("accumulate");
  const error = assertThrows(() => accumulate.submit(tensor), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  (await begun as BufferView).dispose();
});
