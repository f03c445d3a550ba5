import { load, type NestedArray } from "../../mod.ts";
import { assertRefused, type Refusal } from "../refusals.ts";
import { program, test } from "../support.ts";

// Nested arrays that are not tensors; other tests cover those that are.

const elements = await program("elements.mlir");
const shapes = await program("shapes.mlir");

test("A tensor rejects nested arrays of another form", () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  using loadedElements = load({ modules: [elements], device: "local-sync" });
  const round: NestedArray[] = [];
  round.push(round);
  assertRefused(loaded, [
    ["scalar", [1], "input0 must be nested as a scalar, got 1"],
    ["scalar", [], "input0 must be nested as a scalar, got 0"],
    ["vector", 1, "input0 must be nested as ?, got a scalar"],
    ["vector", [[1]], "input0 must be nested as ?, got 1x1"],
    ["matrix", [1, 2, 3, 4], "input0 must be nested as ?x4, got 4"],
    ["matrix", [[1, 2, 3]], "input0 must be nested as ?x4, got 1x3"],
    ["matrix", [[1, 2, 3, 4], [1, 2, 3]], "input0 has 3 entries at [1], not 4"],
    ["matrix", [[1, 2, 3, 4], 5], "input0 has no array of 4 at [1]"],
    [
      "matrix",
      [[1, 2, 3, [4]]],
      "input0 has 1 entries at [0][3], not a number",
    ],
    [
      "matrix",
      [[1, 2, 3, 4], [1, 2, 3, 4, 5]],
      "input0 has 5 entries at [1], not 4",
    ],
    ["vector", round, "input0 is nested more than 128 deep"],
    ["vector", [1, round], "input0 has 1 entries at [1], not a number"],
  ]);
  assertRefused(loadedElements, [
    [
      "add_cf64",
      [1, 2, 3, 4],
      "input0 must have [real, imaginary] pairs as complex elements",
    ],
    ["add_cf64", [[1, 2], [3, 4]], "input0 must be nested as 4, got 2"],
    [
      "add_cf64",
      [[1, 2], [3, 4], [5], [6, 7]],
      "input0 has 1 entries at [2], not 2",
    ],
    [
      "same_i4",
      [[1, 2]],
      "input0 has elements of type i4, which must be packed in a Uint8Array",
    ],
  ]);
});

test("A tensor rejects numbers that do not fit its elements", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const at = (name: string, value: unknown, words: string): Refusal => [
    name,
    [1, 1, value, 1],
    `input0 has ${shown(value)} at [2]; elements of type ${name.slice(4)} ` +
    `take ${words}`,
  ];
  assertRefused(loaded, [
    at("add_i1", 2, "0, 1, false or true"),
    at("add_i1", -1, "0, 1"),
    at("add_i1", 1n, "0, 1"),
    at("add_i8", 256, "an integer from -128 to 255"),
    at("add_i8", -129, "an integer from -128 to 255"),
    at("add_i8", true, "an integer"),
    at("add_i16", 65536, "an integer from -32768 to 65535"),
    at("add_i32", 2 ** 32, "an integer from -2147483648 to 4294967295"),
    at("add_i32", 1.5, "an integer"),
    at("add_i32", NaN, "an integer"),
    at("add_i32", 1n, "an integer"),
    at("add_i64", 2n ** 64n, "an integer from -2^63 to 2^64-1"),
    at("add_i64", -(2n ** 63n) - 1n, "an integer from -2^63 to 2^64-1"),
    at("add_i64", 2 ** 53, "an integer"),
    at("add_f16", 65520, "0, a number of size 6e-8 to 65504"),
    at("add_f16", 1e-9, "0, a number of size"),
    at("add_bf16", 3.4e39, "0, a number of size"),
    at("add_f32", 1e39, "0, a number of size 1.4e-45 to 3.4e38"),
    at("add_f32", 1e-50, "0, a number of size"),
    at("add_f32", 1n, "0, a number of size"),
    at("add_f64", 1n, "a number"),
    at("add_f64", "1", "a number"),
    at("add_f64", null, "a number"),
    at("add_f64", undefined, "a number"),
    at("add_f64", Symbol("1"), "a number"),
    at("add_f64", Object.create(null), "a number"),
    at("add_f64", () => 1, "a number"),
    at("add_f8E4M3FN", 449, "a number of size up to 448"),
    at("add_f8E4M3FN", Infinity, "a number of size up to 448"),
    at("add_f8E5M2", 1e-9, "a number of size up to 57344"),
    at("add_f8E5M2FNUZ", -0, "a number of size up to 57344"),
    at("add_f8E4M3FNUZ", 241, "a number of size up to 240"),
    [
      "add_i1",
      new Uint8Array([0, 1, 3, 1]),
      "input0 has 3 as element 2; an i1 is 0 or 1",
    ],
    ["add_f32", [1, , 3, 4], "input0 has undefined at [1]"],
    [
      "add_cf64",
      [[1, 2], [1, 1e39], [1, 2], [1, 2]],
      "input0 has 1e+39 at [1][1]",
    ],
  ]);
});

/** A value's text in a message. */
function shown(value: unknown): string {
  if (typeof value === "string") return "a string";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}
