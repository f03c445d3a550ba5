import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Argument,
  BufferView,
  type CallResult,
  Device,
  ELEMENT_TYPES,
  type ElementType,
  Instance,
  IreeError,
  load,
  type NdArray,
  type NestedArray,
  type TypedArray,
} from "../../mod.ts";
import { forEach, peer } from "../cli/peer.ts";
import { program, TemporaryFolder, test } from "../support.ts";

const elements = await program("elements.mlir");
const shapes = await program("shapes.mlir");

// Array class of each element type, for inputs and outputs.
const CLASSES: Readonly<
  Record<ElementType, new (buffer: ArrayBuffer) => TypedArray>
> = {
  i1: Uint8Array,
  i4: Uint8Array,
  si4: Uint8Array,
  ui4: Uint8Array,
  i8: Int8Array,
  si8: Int8Array,
  ui8: Uint8Array,
  i16: Int16Array,
  si16: Int16Array,
  ui16: Uint16Array,
  i32: Int32Array,
  si32: Int32Array,
  ui32: Uint32Array,
  i64: BigInt64Array,
  si64: BigInt64Array,
  ui64: BigUint64Array,
  f16: Float16Array,
  bf16: Uint16Array,
  f32: Float32Array,
  f64: Float64Array,
  cf64: Float32Array,
  cf128: Float64Array,
  f8E5M2: Uint8Array,
  f8E4M3FN: Uint8Array,
  f8E5M2FNUZ: Uint8Array,
  f8E4M3FNUZ: Uint8Array,
  f8E8M0FNU: Uint8Array,
};

/**
 * Types whose addition the compiler supports; it only passes the others
 * through.
 */
const ADDED = ELEMENT_TYPES.filter((name) => !/^[su]i|^i4|^f8E8M0/.test(name));

/** A tensor of 2x4 elements with all kinds of bits in them. */
function anyBits(elementType: ElementType): NdArray {
  const isBoolean = elementType === "i1";
  const bits = isBoolean ? 8 : Number(/\d+/.exec(elementType)?.[0]);
  const bytes = Uint8Array.from(
    { length: bits },
    (_, index) => (index * 89 + 7) & (isBoolean ? 1 : 255),
  );
  const data = new CLASSES[elementType](bytes.buffer);
  return { elementType, shape: [2, 4], data };
}

/** Output of `iree-run-module` for a function's results. */
async function peerPrints(
  module: string,
  name: string,
  inputs: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await peer([
    `--module=${module}`,
    `--function=${name}`,
    ...inputs.map((input) => `--input=${input}`),
  ]);
  assertEquals(code, 0, `${name}: ${stderr}`);
  return stdout;
}

/** Formats results as `iree-run-module` does, and disposes them. */
function printed(name: string, result: CallResult): string {
  const results = Array.isArray(result) ? result : [result];
  const lines = results.map((value, index) => {
    if (!(value instanceof BufferView)) {
      return `result[${index}]: i32=${value}\n`;
    }
    using view = value;
    return `result[${index}]: hal.buffer_view\n${view.format()}\n`;
  });
  return [`EXEC @${name}\n`, ...lines].join("");
}

test("Tensors of every element type match those of iree-run-module", async () => {
  using folder = new TemporaryFolder();
  using loaded = load({ modules: [elements], device: "local-sync" });
  await forEach(ELEMENT_TYPES, async (elementType) => {
    const name = `same_${elementType}`;
    const tensor = anyBits(elementType);
    const path = folder.join(`${elementType}.bin`);
    await Deno.writeFile(path, new Uint8Array(tensor.data.buffer));
    const args = [
      `--module=${elements}`,
      `--function=${name}`,
      `--input=2x4x${elementType}=@${path}`,
    ];
    using view = loaded.call(name, tensor) as BufferView;
    assertEquals(view.toNdArray(), tensor);
    assertStrictEquals(view.toTypedArray().constructor, CLASSES[elementType]);
    if (elementType.endsWith("i4")) {
      // Neither prints elements of 4 bits.
      const { code, stderr } = await peer([...args, `--output=@${path}.out`]);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(view.toBytes(), await Deno.readFile(`${path}.out`));
      assertThrows(() => view.format(), IreeError, "are packed");
    } else {
      const { stdout } = await peer(args);
      assertEquals(printed(name, loaded.call(name, tensor)), stdout);
    }
  });
});

test("Sums of nested arrays of every element type match iree-run-module", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using loaded = load({ modules: [elements], device: "local-sync" });
  await forEach(ADDED, async (elementType) => {
    const name = `add_${elementType}`;
    const { a, b, sum } = SUMS[elementType] ?? NUMBERS;
    const inputs: string[] = [];
    for (const [key, numbers] of Object.entries({ a, b })) {
      using view = BufferView.from(instance, numbers, [4], { elementType });
      const path = folder.join(`${elementType}.${key}.bin`);
      Deno.writeFileSync(path, view.toBytes());
      inputs.push(`4x${elementType}=@${path}`);
    }
    const theirs = await peerPrints(elements, name, inputs);
    assertEquals(printed(name, loaded.call(name, a, b)), theirs);
    using view = loaded.call(name, a, b) as BufferView;
    const is64 = elementType === "i64";
    assertEquals(view.toNestedArray(), is64 ? [3n, 4n, 4n, 6n] : sum);
  });
});

// Every format has these, even with two mantissa bits.
const NUMBERS = { a: [1, 2, 3, 4], b: [2, 2, 1, 2], sum: [3, 4, 4, 6] };

const COMPLEX = {
  a: [[1, 2], [0, -1], [0.5, 0], [3, 3]],
  b: [[2, 2], [0, 1], [0.25, 8], [0, -3]],
  sum: [[3, 4], [0, 0], [0.75, 8], [3, 0]],
};

const SUMS: Partial<
  Record<ElementType, Record<"a" | "b" | "sum", NestedArray>>
> = {
  // Of one bit, so that a sum of 1 and 1 leaves 0.
  i1: { a: [0, 1, false, true], b: [0, 0, 1, 1], sum: [0, 1, 1, 0] },
  cf64: COMPLEX,
  cf128: COMPLEX,
};

for (const device of ["local-sync", "local-task"]) {
  test(`Tensors of ranks 0 to 3 are passed as arrays, on ${device}`, async () => {
    using loaded = load({ modules: [shapes], device });
    const array = (length: number) =>
      Int32Array.from({ length }, (_, index) => index - 3);
    const long = BigInt64Array.from([0n, 1n, 2n, -3n, 2n ** 40n, 5n]);
    const cases: [string, Argument[], string][] = [
      ["scalar", [new Float32Array([1.5])], "f32=1.5"],
      ["scalar", [1.5], "f32=1.5"],
      ["vector", [new Float32Array([1, 2, 3])], "3xf32=1,2,3"],
      ["vector", [[1, 2, 3]], "3xf32=1,2,3"],
      ["vector", [[-0.25]], "1xf32=-0.25"],
      ["matrix", [array(8)], "2x4xi32=-3,-2,-1,0,1,2,3,4"],
      ["matrix", [[[1, 2, 3, 4], [5, 6, 7, 8]]], "2x4xi32=1,2,3,4,5,6,7,8"],
      ["cube", [long], "2x1x3xi64=0,1,2,-3,1099511627776,5"],
      ["cube", [[[[1n, 2, 3]], [[4, 5n, 6]]]], "2x1x3xi64=1,2,3,4,5,6"],
    ];
    for (const [name, values, input] of cases) {
      const theirs = await peerPrints(shapes, name, [input]);
      assertEquals(printed(name, loaded.call(name, ...values)), theirs);
    }
  });
}

test("Tensors without elements are accepted and returned", async () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  const nothing = new Float32Array();
  const cases: [string, Argument[], string][] = [
    ["vector", [nothing], "0xf32"],
    ["vector", [[]], "0xf32"],
    ["matrix", [new Int32Array()], "0x4xi32"],
    ["matrix", [[]], "0x4xi32"],
    ["cube", [[[], []]], "2x0x3xi64"],
    ["cube", [new BigInt64Array()], "2x0x3xi64"],
    ["empty", [nothing], "0x2xf32"],
    ["empty", [[]], "0x2xf32"],
  ];
  for (const [name, values, input] of cases) {
    const theirs = await peerPrints(shapes, name, [input]);
    assertEquals(printed(name, loaded.call(name, ...values)), theirs);
  }
  using loadedElements = load({ modules: [elements], device: "local-sync" });
  const empty: NdArray = { elementType: "f32", shape: [3, 0], data: nothing };
  using view = loadedElements.call("same_f32", empty) as BufferView;
  assertEquals([view.shape, view.toNestedArray()], [[3, 0], [[], [], []]]);
});

test("A function returns several results, tensors and scalars", async () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  const result = () => loaded.call("several", new Float32Array([1, 2, 3]), 2.5);
  assertEquals(
    printed("several", result()),
    await peerPrints(shapes, "several", ["3xf32=1,2,3", "2.5"]),
  );
  const results = result();
  assert(Array.isArray(results));
  const [scaled, count, short, diagonal] = results;
  for (const view of [scaled, count, diagonal]) {
    assertInstanceOf(view, BufferView);
  }
  using a = scaled as BufferView;
  using b = count as BufferView;
  using c = diagonal as BufferView;
  assertEquals(a.toTypedArray(), new Float32Array([2.5, 5, 7.5]));
  assertEquals([b.shape, b.toNestedArray()], [[], 3n]);
  assertEquals(short, 3);
  assertEquals(c.toTypedArray(), new Uint8Array([1, 0, 0, 1]));
});

test("Buffer views are accepted beside arrays, and results are accepted again", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using loaded = load({ modules: [elements], device });
  using a = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
  using b = loaded.call("add_f32", a, [1, 1, 1, 1]) as BufferView;
  using c = loaded.call("add_f32", b, a) as BufferView;
  assertEquals(c.toNestedArray(), [3, 5, 7, 9]);
  // IREE treats integers of the same width as interchangeable.
  using unsigned = BufferView.from(device, new Uint32Array([1, 2, 3, 2 ** 31]));
  using d = loaded.call(
    "add_i32",
    unsigned,
    new Uint32Array([1, 1, 1, 0]),
  ) as BufferView;
  assertEquals(d.toNestedArray(), [2, 3, 4, -(2 ** 31)]);
});

test("Arrays are copied, so later writes have no effect", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const data = new Float32Array(8).fill(1);
  using view = loaded.call("same_f32", {
    elementType: "f32",
    shape: [2, 4],
    data,
  }) as BufferView;
  data.fill(2);
  assertEquals(view.toTypedArray(), new Float32Array(8).fill(1));
});
