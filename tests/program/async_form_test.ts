import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { inspectProgram } from "../../lib/inspect/mod.ts";
import { BufferView, IreeError, load, type NdArray } from "../../mod.ts";
import { failureOf, iree, program, test } from "../support.ts";

const imported = await program("imported_async.mlir");
const names = await program("async_names.mlir");

function f32(shape: number[], ...values: number[]): NdArray {
  return { elementType: "f32", shape, data: new Float32Array(values) };
}

for (const device of ["local-sync", "local-task"]) {
  test(`An asynchronous form is submitted, and takes results of others, on ${device}`, async () => {
    using loaded = load(imported, { device });
    const scale = loaded.lookupFunction("scale");
    assertEquals(scale.isSubmittable, true);
    const first = scale.submit([[1, 2, 3, 4]], 2);
    using once = first.results as BufferView;
    const second = scale.submit(once, 10);
    using twice = second.results as BufferView;
    await Promise.all([first.finished, second.finished]);
    assertEquals(twice.format(), "1x4xf32=[20 40 60 80]");
  });

  test(`Asynchronous calls of an imported function run in order, on ${device}`, async () => {
    using loaded = load(imported, { device });
    const add = loaded.lookupFunction("add_into");
    using total = BufferView.from(loaded.devices[0]!, new Float32Array(4));
    const ones = f32([4], 1, 1, 1, 1);
    const squares = await Promise.all(
      [0, 1, 2, 3].map(() => add.computeAsync(ones, total)),
    );
    assertEquals(
      squares,
      [1, 4, 9, 16].map((value) => new Float32Array(4).fill(value)),
    );
    assertEquals(total.toNestedArray(), [4, 4, 4, 4]);
  });
}

test("callAsync, computeAsync, run and submit use the asynchronous form; blocking calls do not", async () => {
  using loaded = load(names, { device: "local-sync" });
  const which = loaded.lookupFunction("which");
  assertEquals(which.call(), 1);
  assertEquals(which.compute(), 1);
  using bound = which.bind();
  assertEquals(bound.call(), 1);
  assertEquals(await which.callAsync(), 2);
  assertEquals(await which.computeAsync(), 2);
  assertEquals(await loaded.callAsync("which"), 2);
  const { output0 } = await which.run({});
  assertEquals(output0, {
    elementType: "i32",
    shape: [],
    data: new Int32Array([2]),
  });
  const submission = which.submit();
  await submission.finished;
  assertEquals(submission.results, 2);
});

test("Arguments and errors of an asynchronous form are those of its function", async () => {
  using loaded = load(imported, { device: "local-task" });
  const scale = loaded.lookupFunction("scale");
  const error = assertThrows(() => scale.submit([[1, 2]], 2), IreeError);
  assertEquals(
    error.detail,
    "argument 0 of 'scale': x must be nested as ?x4, got 1x2",
  );
  assertEquals(
    (await failureOf(scale.callAsync([[1, 2]]))).detail,
    "input list and function mismatch; expected 2 arguments but passed 1 to " +
      "'scale'",
  );
  const differs = loaded.lookupFunction("differs");
  const outputs = await differs.run({
    input0: f32([4], 1, 2, 3, 1),
    input1: 1n,
  });
  assertEquals(outputs, {
    output0: {
      elementType: "i1",
      shape: [4],
      data: new Uint8Array([0, 1, 1, 0]),
    },
    output1: { elementType: "i64", shape: [], data: new BigInt64Array([1n]) },
  });
});

test("An asynchronous form that is looked up by its full name is called as its function", async () => {
  using loaded = load(imported, { device: "local-sync" });
  const form = loaded.lookupFunction("scale$async");
  assertEquals(form.name, "scale$async");
  assertEquals(form.argumentTypes, ["ref", "ref"]);
  assertEquals(form.signature?.inputs.map(({ name }) => name), ["x", "factor"]);
  assertEquals(form.isSubmittable, true);
  assertEquals(form.compute([[1, 2, 3, 4]], 2), new Float32Array([2, 4, 6, 8]));
  assertEquals(
    await form.computeAsync([[1, 2, 3, 4]], 2),
    new Float32Array([2, 4, 6, 8]),
  );
});

test("Only the same function with two fences is an asynchronous form", async () => {
  using loaded = load(names, { device: "local-sync" });
  for (const name of ["more", "other"]) {
    const found = loaded.lookupFunction(name);
    assertEquals(found.isSubmittable, false);
    assertEquals(await found.callAsync(5), 5);
  }
  assertEquals(loaded.call("more$async", 1, 2, 3), 6);
  assertEquals(await loaded.callAsync("alone$async", 7), 7);
});

test("Lists of functions hide asynchronous forms", async () => {
  using loaded = load(imported, { device: "local-sync" });
  const functions = ["scale", "differs", "add_into"];
  assertEquals(loaded.functionNames, functions);
  assertEquals(Object.keys(loaded).filter((it) => it.includes("$")), []);
  const error = assertThrows(() => loaded.lookupFunction("none" as "scale"));
  assertEquals(
    (error as IreeError).hint,
    `exported functions: ${functions.join(", ")}`,
  );
  const { stdout } = await iree(["inspect", imported]);
  assertEquals(stdout.match(/^ {2}\S*\$async/gm), null);
});

test("iree inspect names asynchronous forms", async () => {
  const { stdout } = await iree(["inspect", imported]);
  assertStringIncludes(
    stdout,
    "\n  scale(%x: tensor<?x4xf32>, %factor: tensor<f32>) -> " +
      "(%y: tensor<?x4xf32>)\n    asynchronous form: scale$async\n",
  );
  const all = await iree(["inspect", "--all", imported]);
  assertStringIncludes(
    all.stdout,
    "\n  async scale$async(%x: tensor<?x4xf32>, %factor: tensor<f32>) -> ",
  );
  const forms = inspectProgram(names).exports
    .filter(({ asyncForm }) => asyncForm !== undefined)
    .map(({ name, asyncForm }) => [name, asyncForm]);
  assertEquals(forms, [["which", "which$async"]]);
});
