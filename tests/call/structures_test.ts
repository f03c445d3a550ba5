import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import {
  type Argument,
  BufferView,
  BytecodeModule,
  type CallResult,
  Context,
  Device,
  disposeStructure,
  HalModule,
  Instance,
  IreeError,
  List,
  load,
  type NdArray,
  type Program,
  type StatusCode,
  type Structure,
  type Value,
} from "../../mod.ts";
import { mustRun, program, ROOT, test, tool } from "../support.ts";

const structures = await program("structures.mlir");

function open(): Program {
  return load({ modules: [structures], device: "local-sync" });
}

/** An argument or result as both sides write it in JSON. */
type Json =
  | number
  | null
  | readonly Json[]
  | JsonTensor
  | { readonly [key: string]: Json };

interface JsonTensor {
  readonly elementType: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Call {
  readonly name: string;
  readonly arguments: readonly Json[];
  readonly named?: { readonly [key: string]: Json };
}

/** Results of calls through Python's `FunctionInvoker`. */
async function pythonResults(
  calls: readonly Call[],
): Promise<readonly { readonly result?: Json; readonly error?: string }[]> {
  const script = join(ROOT, "tests/call/structures_peer.py");
  return JSON.parse(
    await mustRun(tool("python"), [script, structures], {
      stdin: new TextEncoder().encode(JSON.stringify(calls)),
      // A sanitizer would end it, because Python's bindings misbehave on
      // rejections.
      env: { LD_PRELOAD: "" },
    }),
  );
}

function isTensor(value: unknown): value is JsonTensor {
  return typeof value === "object" && value !== null &&
    Object.hasOwn(value, "elementType");
}

function toArgument(value: Json): Argument {
  if (isTensor(value)) {
    const { elementType, shape, values } = value;
    const name = elementType === "i1" ? "ui8" : elementType;
    const data = ARRAYS[name]?.from(values) ??
      BigInt64Array.from(values, BigInt);
    return { elementType, shape, data } as NdArray;
  }
  if (Array.isArray(value)) return value.map(toArgument);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [key, toArgument(it)]),
  );
}

const ARRAYS: Readonly<
  Record<string, { from(values: readonly number[]): NdArray["data"] }>
> = {
  ui8: Uint8Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};

function toJson(value: CallResult): Json {
  if (value === undefined) return null;
  if (value instanceof BufferView) {
    return {
      elementType: value.elementType,
      shape: value.shape,
      values: Array.from(value.toTypedArray(), Number),
    };
  }
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [key, toJson(it)]),
  );
}

/** The same numbers in every run. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0 up to, but not including, a limit. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor(this.#state / 2 ** 32 * limit);
  }

  /** An integer that fits the given number of bytes. */
  integer(bits: number): number {
    return this.below(2 ** bits) - 2 ** (bits - 1);
  }

  /** A number that fits f32. */
  float(): number {
    return Math.fround((this.below(2 ** 24) - 2 ** 23) / 1000);
  }

  tensor(
    elementType: string,
    shape: readonly number[],
    value: () => number,
  ): JsonTensor {
    const length = shape.reduce((size, dim) => size * dim, 1);
    return { elementType, shape, values: Array.from({ length }, value) };
  }
}

function randomCalls(random: Random): Call[] {
  const vector = () => random.tensor("f32", [2], () => random.float());
  const every = {
    tensors: [
      random.tensor("i1", [2], () => random.below(2)),
      random.tensor("i8", [2], () => random.integer(8)),
      random.tensor("i16", [], () => random.integer(16)),
      random.tensor("i32", [1 + random.below(3), 2], () => random.integer(32)),
      random.tensor("i64", [2], () => random.integer(50)),
      random.tensor("f32", [0, 3], () => 0),
      random.tensor("f64", [random.below(4)], () => random.float() / 3),
    ],
    f64: random.float() / 3,
    f32: random.float(),
    i64: random.integer(50),
    i32: random.integer(32),
    i16: random.integer(16),
    i8: random.integer(8),
  };
  const layer = {
    scales: [random.float(), [random.integer(20), random.integer(40)]],
    bias: vector(),
  };
  const odd = Object.fromEntries(
    ["toString", "__proto__", "", "a.b c"].map((key) => [
      key,
      random.integer(32),
    ]),
  );
  let deep: Json = [random.integer(32)];
  for (let depth = 0; depth < 12; depth++) deep = [{ in: deep }];
  const call = (name: string, ...values: Json[]) => ({
    name,
    arguments: values,
  });
  return [
    call("layer", layer, vector()),
    call("every_type", every),
    call("deep", deep),
    call("odd_names", odd),
    call("lists", [random.integer(40), random.integer(40)]),
    call("homogeneous", [random.float(), random.float(), random.float()]),
    call("inlined_dict", random.integer(32), vector()),
    call("inlined_list", random.integer(40)),
    call("inlined_tuple"),
    call("inlined_nothing"),
    call("nothing"),
    call("several", random.integer(32), random.float()),
    call("flat", vector(), random.tensor("i32", [random.below(4)], () => 7)),
    {
      ...call("named", random.integer(32)),
      named: {
        offset: { of: vector(), by: random.integer(40) },
        scale: random.float(),
      },
    },
    {
      ...call("only_named"),
      named: { b: random.below(1000), a: random.below(1000) },
    },
    call("unknown_result", random.integer(32)),
  ];
}

test("Structures are passed and returned as by Python's FunctionInvoker", async () => {
  const random = new Random(20_261_125);
  const calls = Array.from({ length: 20 }, () => randomCalls(random)).flat();
  const expected = await pythonResults(calls);
  using program = open();
  for (const [index, call] of calls.entries()) {
    const { name, named } = call;
    const values = call.arguments.map(toArgument);
    if (named !== undefined) values.push(toArgument(named));
    const result = program.call(name, ...values);
    const what = JSON.stringify(call);
    assertEquals<unknown>({ result: toJson(result) }, expected[index], what);
    disposeStructure(result);
  }
});

test("Values that Python rejects are rejected", async () => {
  const vector = { elementType: "f32", shape: [2], values: [1, 2] };
  const calls: [StatusCode, string, Call][] = [
    ["INVALID_ARGUMENT", "expected 2 arguments but passed 0", {
      name: "layer",
      arguments: [],
    }],
    ["INVALID_ARGUMENT", "expected 2 arguments but passed 3", {
      name: "several",
      arguments: [1, 2, 3],
    }],
    ["INVALID_ARGUMENT", "argument 0 must be an array of 2 values, got 3", {
      name: "lists",
      arguments: [[1, 2, 3]],
    }],
    ["INVALID_ARGUMENT", "argument 0 must be an array of 2 values, got", {
      name: "lists",
      arguments: [5],
    }],
    [
      "INVALID_ARGUMENT",
      "argument 0.scales[1] must be an array of 2 values, got 1",
      {
        name: "layer",
        arguments: [{ bias: vector, scales: [1, [2]] }, vector],
      },
    ],
    ["INVALID_ARGUMENT", "argument 0 must be an object with", {
      name: "layer",
      arguments: [{ scales: [1, [2, 3]] }, vector],
    }],
    ["INVALID_ARGUMENT", "'bias', 'scales', got an extra 'more'", {
      name: "layer",
      arguments: [{ bias: vector, scales: [1, [2, 3]], more: 1 }, vector],
    }],
    ["INVALID_ARGUMENT", "'offset', got one without 'scale'", {
      name: "named",
      arguments: [1],
      named: { offset: { by: 1, of: vector } },
    }],
    ["INVALID_ARGUMENT", "got an extra 'c'", {
      name: "only_named",
      arguments: [],
      named: { a: 1, b: 2, c: 3 },
    }],
    ["FAILED_PRECONDITION", "result 0[0] must be i32, got the number 1.5", {
      name: "wrong_result",
      arguments: [[1.5, 2]],
    }],
    ["FAILED_PRECONDITION", "result 0 must be a list of 3, got 2", {
      name: "wrong_length",
      arguments: [[vector, 2]],
    }],
    ["FAILED_PRECONDITION", "result 0[1] must be a list, got the number 2", {
      name: "wrong_kind",
      arguments: [[vector, 2]],
    }],
    ["INVALID_ARGUMENT", "the iree.abi of 'no_json' is not JSON", {
      name: "no_json",
      arguments: [1],
    }],
    ["INVALID_ARGUMENT", "declares 2 arguments, but the function has 1", {
      name: "wrong_arguments",
      arguments: [1],
    }],
    ["INVALID_ARGUMENT", "declares 2 results, but the function has 1", {
      name: "wrong_results",
      arguments: [1],
    }],
  ];
  const results = await pythonResults(calls.map(([, , call]) => call));
  using program = open();
  for (const [index, [code, text, call]] of calls.entries()) {
    assert(results[index].error !== undefined, `Python takes ${call.name}`);
    const { name, named } = call;
    const values = call.arguments.map(toArgument);
    if (named !== undefined) values.push(toArgument(named));
    const error = assertThrows(
      () => program.call(name, ...values),
      IreeError,
    );
    assertEquals(error.code, code, error.message);
    assertStringIncludes(
      error.detail,
      text.replace(/^(?:argument|result) \S+/, `$& of '${name}'`),
    );
    assertStringIncludes(error.message, "structures: false");
  }
});

test("Functions called by name accept and return structures", () => {
  using program = open();
  const [state, scale] = program.layer(
    { bias: [1, 2], scales: [0.5, [3, 4n]] },
    [10, 20],
  ) as [{ output: BufferView; rest: CallResult }, number];
  using output = state.output;
  assertEquals(output.toNestedArray(), [6, 12]);
  assertEquals(state.rest, [{ count: 7n, step: 3 }, []]);
  assertEquals(scale, 0.5);
  // A tensor of the device is passed through unchanged.
  const again = program.layer(
    { bias: output, scales: [1, [0, 0]] },
    output,
  ) as Structure<Value>[];
  assertEquals(toJson(again[0]), {
    output: { elementType: "f32", shape: [2], values: [12, 24] },
    rest: [{ count: 0, step: 0 }, []],
  });
  disposeStructure(again);
});

test("Without iree.abi, values are passed unchanged", async () => {
  using mul = load({
    modules: [await program("mul.mlir")],
    device: "local-sync",
  });
  using result = mul.call("mul", [1, 2, 3, 4], [2, 2, 2, 2]) as BufferView;
  assertEquals(result.toNestedArray(), [2, 4, 6, 8]);
  const error = assertThrows(() => mul.call("mul", [1]), IreeError);
  assertStringIncludes(error.detail, "expected 2 arguments but passed 1");
});

test("Without structures, values are passed unchanged, whatever iree.abi says", async () => {
  using program = open();
  const flat = (name: string) =>
    program.lookupFunction(name).with({ structures: false });
  using list = List.from(program.context.instance, [1n, 2n]);
  const [same, seven] = flat("lists").call(list) as [List, number];
  using given = same;
  assertEquals(given.toArray(), [1n, 2n]);
  assertEquals(seven, 7);
  assertEquals(flat("no_json").call(5), 5);
  assertEquals(flat("wrong_results").call(5), 5);
  assertEquals(await flat("wrong_results").callAsync(5), 5);
});

test("Structures that Python cannot pass or return have clear errors", () => {
  using program = open();
  assertEquals(program.half(0x3e00), 1.5);
  const error = assertThrows(() => program.takes_half(1.5), IreeError);
  assertEquals(error.code, "UNIMPLEMENTED");
  assertStringIncludes(
    error.message,
    "argument 0 of 'takes_half': is a scalar",
  );
  assertEquals(
    program.lookupFunction("takes_half").with({ structures: false }).call(1.5),
    1.5,
  );
});

test("Structures can be made after the context's objects are disposed", () => {
  using instance = Instance.open();
  const device = Device.create(instance, "local-sync");
  const hal = HalModule.create(instance, device);
  const module = BytecodeModule.fromFile(instance, structures);
  const context = Context.create(instance, [hal, module]);
  using any = context.lookupFunction("structures.any_list");
  for (const it of [context, module, hal, device]) it.dispose();
  const result = any.call([[1, 2]]) as BufferView[];
  assertEquals(result[0].toNestedArray(), [1, 2]);
  disposeStructure(result);
  assertEquals(result[0].disposed, true);
  any.dispose();
  const error = assertThrows(() => any.call([[1, 2]]), IreeError);
  assertStringIncludes(error.message, "this VmFunction was disposed");
});

test("Code that runs while a structure is read is harmless", () => {
  const program = open();
  using any = program.lookupFunction("any_list");
  const inner = any.call([[5, 6]]) as BufferView[];
  const nested = {
    get bias(): number[] {
      disposeStructure(program.any_list([[3, 4]]));
      return [1, 2];
    },
    scales: [1, [0, 0]],
  };
  const result = program.layer(nested, inner[0]);
  assertEquals(toJson((result as Structure<Value>[])[0]), {
    output: { elementType: "f32", shape: [2], values: [6, 8] },
    rest: [{ count: 0, step: 0 }, []],
  });
  disposeStructure(result);
  disposeStructure(inner);
  const ending = {
    get bias(): number[] {
      program.dispose();
      return [1, 2];
    },
    scales: [1, [0, 0]],
  };
  const error = assertThrows(() => program.layer(ending, [1, 2]), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION", error.message);
});

test("Lists of any length are accepted", () => {
  using program = open();
  for (const length of [0, 1, 5]) {
    const values = Array.from({ length }, (_, index) => [index, 2 * index]);
    const result = program.any_list(values) as BufferView[];
    assertEquals(result.map((view) => view.toNestedArray()), values);
    disposeStructure(result);
  }
});
