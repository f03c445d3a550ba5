import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  type Argument,
  disposeStructure,
  IreeError,
  load,
  LoadedProgram,
  type NdArray,
  type Structure,
  type Value,
} from "../../mod.ts";
import { isCalledByName } from "../../lib/signature/function_name.ts";
import { program, test } from "../support.ts";

const mul = await program("mul.mlir");
const signatures = await program("signatures.mlir");
const structures = await program("structures.mlir");
const arithmetic = await program("arithmetic.mlir");
const declaredNames = await program("declared_names.mlir");
const device = "local-sync";

test("run accepts inputs by name and returns outputs with their shapes", async () => {
  using loaded = load({ modules: [mul], device });
  const inputs = { input0: [1, 2, 3, 4], input1: new Float32Array(4).fill(2) };
  const expected: NdArray = {
    elementType: "f32",
    shape: [4],
    data: new Float32Array([2, 4, 6, 8]),
  };
  assertEquals(await loaded.run(inputs), { output0: expected });
  const found = loaded.lookupFunction("mul");
  assertEquals(await found.run(inputs), { output0: expected });
});

test("Inputs, outputs and errors have the names that the program declares", async () => {
  using loaded = load({ modules: [declaredNames], device });
  const factors = [2, 2, 2, 2];
  const { y } = await loaded.run({ x: [1, 2, 3, 4], factors });
  assertEquals(y.data, new Float32Array([2, 4, 6, 8]));
  const error = await assertRejects(
    () => loaded.run({ x: [1, 2, 3, 4], factors: [1, 2] }),
    IreeError,
  );
  assertEquals(
    error.detail,
    "argument 1 of 'scale': factors must be nested as 4, got 2",
  );
});

test("run copies outputs into arrays by name", async () => {
  using loaded = load({ modules: [mul], device });
  const output0 = new Float32Array(4);
  const inputs = { input0: [1, 2, 3, 4], input1: [1, 1, 1, 1] };
  const outputs = await loaded.run(inputs, { into: { output0 } });
  assert(outputs.output0.data === output0);
  assertEquals(output0, new Float32Array([1, 2, 3, 4]));
  const found = loaded.lookupFunction("mul");
  const error = await assertRejects(
    () => found.with({ into: { product: output0 } }).run(inputs),
    IreeError,
  );
  assertEquals(error.detail, "'mul' has no output 'product'; it has 'output0'");
});

test("run returns scalars as tensors without dimensions", async () => {
  using loaded = load({ modules: [arithmetic], device });
  const inputs = { input0: 1n, input1: 2 };
  const run = () => loaded.run(inputs, { function: "add_i64" });
  const sum = { elementType: "i64", shape: [], data: BigInt64Array.of(3n) };
  assertEquals(await run(), { output0: sum as NdArray });
});

test("run calls the only function, or the named one", async () => {
  using loaded = load({ modules: [arithmetic], device });
  const error = await assertRejects(() => loaded.run({}), IreeError);
  assertStringIncludes(error.detail, "function must be given");
  assertStringIncludes(error.hint ?? "", "add_i64");
  await assertRejects(
    () => loaded.run({}, { function: "nope" }),
    IreeError,
    "no function 'nope'",
  );
});

test("Missing or unknown names are rejected with the existing ones", async () => {
  using loaded = load({ modules: [mul], device });
  const refused = async (inputs: unknown) => {
    const error = await assertRejects(
      () => loaded.run(inputs as Record<string, Argument>),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    return error.detail;
  };
  assertEquals(
    await refused({ input0: [1, 2, 3, 4] }),
    "input 'input1' of 'mul' is missing; inputs: 'input0', 'input1'",
  );
  assertEquals(
    await refused({ input0: [1], input1: [1], factor: 1 }),
    "'mul' has no input 'factor'; it has 'input0', 'input1'",
  );
  for (const inputs of [[], null, 5, new Float32Array(4)]) {
    assertStringIncludes(await refused(inputs), "must be an object with");
  }
});

test("run accepts and returns structures", async () => {
  using loaded = load({ modules: [structures], device });
  const only = loaded.lookupFunction("only_named");
  const difference = await only.run<{ output0: unknown }>({ a: 5, b: 3 });
  assertEquals(difference.output0, 2);
  const layer = loaded.lookupFunction("layer");
  const outputs = await layer.run<{ output0: { output: NdArray } }>({
    input0: { bias: [1, 2], scales: [0.5, [3, 4n]] },
    input1: [10, 20],
  });
  assertEquals(outputs.output0.output, {
    elementType: "f32",
    shape: [2],
    data: new Float32Array([6, 12]),
  });
});

test("compute returns structures with arrays in them", async () => {
  using loaded = load({ modules: [structures], device });
  const layer = loaded.lookupFunction("layer");
  const values: Argument[] = [{ bias: [1, 2], scales: [0.5, [3, 4n]] }, [
    10,
    20,
  ]];
  const expected = [{
    output: new Float32Array([6, 12]),
    rest: [{ count: 7n, step: 3 }, []],
  }, 0.5];
  assertEquals(layer.compute(...values), expected);
  assertEquals(await layer.computeAsync(...values), expected);
  const called = await layer.callAsync(...values);
  assertEquals((called as Structure<Value>[])[1], 0.5);
  disposeStructure(called);
});

test("compute keeps shapes on request", async () => {
  using loaded = load({ modules: [signatures], device });
  const shaped = loaded.lookupFunction("dynamic").with({ shapes: true });
  const values = [[[1, 2, 3, 4]], 7, new Uint8Array(6)];
  const [first] = shaped.compute(...values) as NdArray[];
  assertEquals(first.shape.length, 2);
  assertEquals(await shaped.computeAsync(...values), shaped.compute(...values));
});

test("Options that a way of calling does not support are rejected", async () => {
  using loaded = load({ modules: [mul], device });
  const found = loaded.lookupFunction("mul");
  const four = [1, 2, 3, 4];
  const { signal } = new AbortController();
  const refusals: [Promise<unknown>, string][] = [
    [call(() => found.with({ signal }).call(four, four)), "'signal'"],
    [call(() => found.with({ signal }).compute(four, four)), "'signal'"],
    [call(() => found.with({ into: [undefined] }).call(four, four)), "'into'"],
    [call(() => found.with({ into: {} }).compute(four, four)), "'into'"],
    [call(() => found.with({ shapes: true }).call(four, four)), "'shapes'"],
    [found.with({ into: [undefined] }).callAsync(four, four), "'into'"],
    [found.with({ into: [undefined] }).run({}), "'into'"],
  ];
  for (const [refusal, words] of refusals) {
    const error = await assertRejects(() => refusal, IreeError);
    assertStringIncludes(error.detail, `does not support the option ${words}`);
  }
});

async function call(make: () => unknown): Promise<unknown> {
  return await make();
}

test("A program's function has its name in stacks", () => {
  using loaded = load({ modules: [mul], device });
  assertEquals(loaded.mul.name, "mul");
});

test("A program's own members hide functions of the same name", () => {
  const members = Object.getOwnPropertyNames(LoadedProgram.prototype);
  for (const name of members) assertEquals(isCalledByName(name), false, name);
  assertEquals(isCalledByName("mul"), true);
});

test("Structured calls of forks run in turn and keep their results apart", async () => {
  using loaded = load({ modules: [structures], device });
  using fork = loaded.fork();
  const layers = [loaded, fork].map((it) => it.lookupFunction("layer"));
  const calls = Array.from(
    { length: 20 },
    (_, index) =>
      layers[index % 2].computeAsync(
        { bias: [index, index], scales: [1, [index, 4n]] },
        [1, 1],
      ),
  );
  const results = await Promise.all(calls) as [{ output: Float32Array }][];
  for (const [index, [{ output }]] of results.entries()) {
    assertEquals(output, new Float32Array(2).fill(1 + index));
  }
});
