import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  BufferView,
  type ElementType,
  Instance,
  IreeError,
  List,
  load,
  type NdArray,
} from "../../mod.ts";
import { peer } from "../cli/peer.ts";
import { assertRefused } from "../refusals.ts";
import { program, test } from "../support.ts";

// Data that functions reject as tensors, with the messages.

const elements = await program("elements.mlir");
const shapes = await program("shapes.mlir");

test("A tensor rejects arrays of another class than its element type's", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  assertRefused(loaded, [
    [
      "add_f32",
      new Float64Array(4),
      "input0 is a Float64Array, which has no elements of type f32; pass a Float32Array",
    ],
    ["add_f32", new Int32Array(4), "input0 is an Int32Array"],
    ["add_f64", new Float32Array(4), "input0 is a Float32Array"],
    [
      "add_f16",
      new Int16Array(4),
      "input0 is an Int16Array, which has no elements of type f16; pass a Float16Array or a Uint16Array",
    ],
    [
      "add_bf16",
      new Float16Array(4),
      "input0 is a Float16Array, which has no elements of type bf16; pass a Uint16Array",
    ],
    ["add_i1", new Int8Array(4), "input0 is an Int8Array"],
    [
      "add_i8",
      new Uint16Array(4),
      "input0 is a Uint16Array, which has no elements of type i8; pass an Int8Array or a Uint8Array or a Uint8ClampedArray",
    ],
    [
      "add_i64",
      new Float64Array(4),
      "input0 is a Float64Array, which has no elements of type i64; pass a BigInt64Array or a BigUint64Array",
    ],
    [
      "add_f8E5M2",
      new Int8Array(4),
      "input0 is an Int8Array, which has no elements of type f8E5M2; pass a Uint8Array",
    ],
    [
      "add_f32",
      new DataView(new ArrayBuffer(16)),
      "must be a tensor 4xf32 (a BufferView, an array of the class for its elements, or nested arrays), got a DataView",
    ],
  ]);
});

test("A tensor takes the bytes of an ArrayBuffer, of the right length", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const one = new Float32Array([1, 2, 3, 4]);
  assertEquals(
    loaded.compute("add_f32", one.buffer, one),
    new Float32Array([2, 4, 6, 8]),
  );
  assertThrows(
    () => loaded.compute("add_f32", new ArrayBuffer(12), one),
    IreeError,
    "argument 0 of 'add_f32': input0",
  );
});

test("A tensor of i1 rejects bytes other than 0 and 1", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  using instance = Instance.open();
  using view = BufferView.from(instance, new Int8Array([0, 1, 2, 3]));
  const data = { shape: [4], data: new Uint8Array([0, 1, 2, 3]) };
  assertRefused(loaded, [
    ["add_i1", view, "input0 element type mismatch; expected i1 but have i8"],
    [
      "add_i1",
      { elementType: "ui8", ...data },
      "input0 must have element type i1, got ui8",
    ],
    [
      "add_i1",
      { elementType: "i1", ...data },
      "input0 has 2 as element 2; an i1 is 0 or 1",
    ],
  ]);
});

test("A tensor rejects values that are not data", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  using instance = Instance.open();
  using list = List.create(instance);
  assertRefused(loaded, [
    [
      "add_f32",
      "1 2 3 4",
      "must be a tensor 4xf32 (a BufferView, an array of the class for its elements, or nested arrays), got a string",
    ],
    ["add_f32", undefined, "must be a tensor 4xf32"],
    ["add_f32", { 0: 1, length: 4 }, "must be a tensor 4xf32"],
    [
      "add_f32",
      { data: new Float32Array(4), shape: [4] },
      "must be a tensor 4xf32",
    ],
    ["add_f32", new Set([1, 2, 3, 4]), "must be a tensor 4xf32"],
    ["add_f32", () => [1, 2, 3, 4], "must be a tensor 4xf32"],
    ["add_f32", Symbol("4xf32"), "must be a tensor 4xf32"],
  ]);
  // IREE itself does not check the kind of an object.
  assertThrows(
    () => loaded.call("add_f32", list, list),
    IreeError,
    "INVALID_ARGUMENT",
  );
  assertThrows(
    () => loaded.call("add_f32", null, null),
    IreeError,
    "INVALID_ARGUMENT",
  );
});

test("A tensor rejects an array that does not fill its shape", () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  using loadedElements = load({ modules: [elements], device: "local-sync" });
  assertRefused(loaded, [
    [
      "scalar",
      new Float32Array(),
      "input0 has 0 elements, not those of shape a scalar",
    ],
    [
      "scalar",
      new Float32Array(2),
      "input0 has 2 elements, not those of shape a scalar",
    ],
    [
      "matrix",
      new Int32Array(7),
      "input0 has 7 elements, not those of shape ?x4",
    ],
    [
      "matrix",
      new Int32Array(1),
      "input0 has 1 element, not those of shape ?x4",
    ],
    [
      "cube",
      new BigInt64Array(3),
      "input0 has 3 elements, not those of shape 2x?x3",
    ],
    [
      "empty",
      new Float32Array(1),
      "input0 has 1 element, not those of shape 0x2",
    ],
  ]);
  assertRefused(loadedElements, [
    [
      "add_f32",
      new Float32Array(5),
      "input0 has 5 elements, not those of shape 4",
    ],
    [
      "add_f32",
      new Float32Array(),
      "input0 has 0 elements, not those of shape 4",
    ],
    [
      "add_cf64",
      new Float32Array(7),
      "input0 has 3.5 elements, not those of shape 4",
    ],
    [
      "same_f32",
      new Float32Array(4),
      "input0 has 4 elements in one array, which does not imply the shape ?x?; pass nested arrays, an object with elementType, shape and data, or a BufferView",
    ],
  ]);
});

test("A tensor rejects an object of array data that does not fit", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const data = new Float32Array(4);
  const like = (part: Record<string, unknown>) => ({
    elementType: "f32",
    shape: [4],
    data,
    ...part,
  });
  assertRefused(loaded, [
    [
      "add_f32",
      like({ elementType: "f64", data: new Float64Array(4) }),
      "input0 must have element type f32, got f64",
    ],
    ["add_f32", like({ shape: [2, 2] }), "input0 must have shape 4, got 2x2"],
    ["add_f32", like({ shape: [5] }), "input0 must have shape 4, got 5"],
    ["add_f32", like({ shape: "4" }), "input0 must have an array as shape"],
    [
      "add_f32",
      like({ shape: [4.5] }),
      "input0 has dimension 4.5, which is not a non-negative integer",
    ],
    ["add_f32", like({ shape: [-4] }), "input0 has dimension -4"],
    [
      "add_f32",
      like({ shape: ["4"] }),
      "input0 has dimension a string, which is not a non-negative integer",
    ],
    [
      "add_f32",
      like({ shape: Array(129).fill(1) }),
      "input0 has more than 128 dimensions",
    ],
    [
      "add_f32",
      like({ data: [1, 2, 3, 4] }),
      "input0 must have a typed array as data",
    ],
    [
      "add_f32",
      like({ data: new Int32Array(4) }),
      "input0 is an Int32Array, which has no elements of type f32",
    ],
    [
      "add_f32",
      like({ data: new Float32Array(5) }),
      "input0 has 5 elements, not those of shape 4",
    ],
    [
      "same_f32",
      like({ shape: [2 ** 52, 2 ** 52] }),
      "input0 has 4 elements, not those of shape",
    ],
    [
      "same_f32",
      like({ shape: [2 ** 32, 2 ** 32], data: new Float32Array() }),
      "input0 has 0 elements, not those of shape",
    ],
  ]);
  const error = assertThrows(
    () => loaded.call("add_f32", like({ elementType: "f31" }) as NdArray, data),
    IreeError,
    "unknown element type 'f31'",
  );
  assertStringIncludes(error.hint ?? "", "f8E4M3FN");
});

test("A tensor rejects a view of another type or shape in IREE's words", async () => {
  using loaded = load({ modules: [elements, shapes], device: "local-sync" });
  using instance = Instance.open();
  const cases: [string, ElementType, number[], string, string][] = [
    [
      "matrix",
      "i32",
      [2, 5],
      "shape dimension 1 mismatch; expected 4 but have 5",
      "?x4xi32",
    ],
    [
      "matrix",
      "i32",
      [4],
      "shape rank mismatch; expected 2 but have 1",
      "?x4xi32",
    ],
    ["matrix", "f32", [2, 4], "element type mismatch; expected i32", "?x4xi32"],
    ["matrix", "i64", [2, 4], "element type mismatch; expected i32", "?x4xi32"],
    [
      "scalar",
      "f32",
      [1],
      "shape rank mismatch; expected 0 (scalar) but have 1",
      "f32",
    ],
    ["vector", "bf16", [4], "element type mismatch; expected f32", "?xf32"],
  ];
  for (const [name, elementType, shape, words, wanted] of cases) {
    const type = [...shape, elementType].join("x");
    const { code, stderr } = await peer([
      `--module=${shapes}`,
      `--function=${name}`,
      `--input=${type}`,
    ]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `INVALID_ARGUMENT; input0 ${words}`);
    const size = shape.reduce((product, dim) => product * dim, 1);
    const zero = elementType === "i64" ? 0n : 0;
    using flat = BufferView.from(instance, Array(size).fill(zero), undefined, {
      elementType,
    });
    using view = BufferView.from(instance, {
      elementType,
      shape,
      data: flat.toTypedArray(),
    });
    assertRefused(loaded, [[name, view, `input0 ${words}`]]);
    assertThrows(
      () => loaded.call(name, view),
      IreeError,
      `; the tensor must be ${wanted}, got ${type}`,
    );
  }
});

test("The error names the rejected argument among several", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const good = new Float32Array(4);
  const error = assertThrows(
    () => loaded.call("add_f32", good, new Float32Array(5)),
    IreeError,
    "argument 1 of 'add_f32': input1 has 5 elements, not those of shape 4",
  );
  assertEquals(
    error.hint,
    "the function is declared as `sync func @add_f32(%input0: tensor<4xf32>, " +
      "%input1: tensor<4xf32>) -> (%output0: tensor<4xf32>)`",
  );
  for (const values of [[], [good], [good, good, good]]) {
    assertThrows(
      () => loaded.call("add_f32", ...values),
      IreeError,
      "input list and function mismatch; expected 2 arguments but passed " +
        values.length,
    );
  }
  // A rejected call leaves nothing behind.
  using sum = loaded.call("add_f32", good, [1, 2, 3, 4]) as BufferView;
  assertEquals(sum.toNestedArray(), [1, 2, 3, 4]);
});
