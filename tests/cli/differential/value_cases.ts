// Inputs on the command line: every element type by rank and by form.

import type { Case } from "./case.ts";

/** Three elements of each type that IREE reads, as text. */
const ELEMENTS: Readonly<Record<string, readonly [string, string, string]>> = {
  i1: ["00", "01", "01"],
  i8: ["-128", "255", "0x7f"],
  si8: ["-128", "127", "0"],
  ui8: ["0", "255", "017"],
  i16: ["-32768", "65535", "1"],
  si16: ["-32768", "32767", "1"],
  ui16: ["0", "65535", "1"],
  i32: ["-2147483648", "2147483647", "0x10"],
  si32: ["-2147483648", "2147483647", "1"],
  ui32: ["0", "4294967295", "1"],
  i64: ["-9223372036854775808", "9223372036854775807", "1"],
  si64: ["-9223372036854775808", "9223372036854775807", "1"],
  ui64: ["0", "18446744073709551615", "1"],
  f8E5M2: ["-1.5", "57344", "0.25"],
  f8E4M3FN: ["-1.5", "448", "0.25"],
  f8E5M2FNUZ: ["-1.5", "57344", "0.25"],
  f8E4M3FNUZ: ["-1.5", "240", "0.25"],
  f8E8M0FNU: ["1", "1024", "0.25"],
  f16: ["-1.5", "65504", "0.1"],
  bf16: ["-1.5", "1e30", "0.1"],
  f32: ["-1.5", "3.4e38", "inf"],
  f64: ["-1.5", "1e300", "nan"],
  cf64: ["0000803f00000040", "0000000000000000", "000080BF0000803F"],
  cf128: ["00".repeat(16), "0123456789abcdef".repeat(2), "FF".repeat(16)],
  i24: ["010203", "000000", "ffffff"],
  "*16": ["0102", "0000", "ffff"],
};

/** Texts of a tensor of one type, one for each shape. */
function* shapes(
  type: string,
  [a, b, c]: readonly [string, string, string],
): Generator<string> {
  yield `${type}=${b}`;
  yield `3x${type}=${a} ${b} ${c}`;
  yield `2x2x${type}=[[${a} ${b}][${c},${a}]]`;
  yield `2x1x2x${type}=[[${b} ${a}]][[${b} ${c}]]`;
  yield `2x3x${type}=${c}`;
  yield `3x${type}`;
}

/** Every type with its shapes, spread so that each pair occurs about once. */
function* tensors(): Generator<Case> {
  for (
    const [ordinal, [type, elements]] of Object.entries(ELEMENTS).entries()
  ) {
    const texts = [...shapes(type, elements)];
    for (const place of [0, 1, 2]) {
      const input = texts[(ordinal + 2 * place) % texts.length];
      yield { name: input, function: "view", args: [`--input=${input}`] };
    }
  }
}

const FORMS: readonly string[] = [
  "4xf32=1,2,3,4",
  "4xf32=1, 2,\t3 ,4",
  "4xf32=[1 2 3 4]",
  "4xf32=2",
  "4xf32",
  "4xf32=",
  "0xf32",
  "0xf32=",
  "2x0xf32",
  "2x0xf32=[][]",
  "0x3xi8",
  "1x1x1x1x1xi8=7",
  "2x2x2xi8=[[[1 2][3 4]][[5 6][7 8]]]",
  "2x2x2xi8=[[1 2][3 4]][[5 6][7 8]]",
  '"2xi32=1 2"',
  "  2xi32=1 2 ",
  "2xf32=0x1p3 .5",
  "2xf32=-0 1e-40",
  "3xf32=NaN -INF +1",
  "3xi8=-0x10 010 +5",
  "f64=1e-300",
  "i32=0",
  "1100xi8=3",
  "3x500xi8=1",
  "(null)",
  "(ignored)",
];

function* forms(): Generator<Case> {
  for (const input of FORMS) {
    yield { name: input, function: "view", args: [`--input=${input}`] };
  }
  yield {
    name: "two tensors",
    function: "two",
    args: ["--input=2xi8=1 2", "--input=(null)"],
  };
  yield {
    name: "a raw buffer",
    function: "buffer",
    args: ["--input=&4xf32=9"],
  };
  yield {
    name: "scalars",
    function: "scalars",
    args: ["--input=-7", "--input=0x10", "--input=1e-7", "--input=-inf"],
  };
  yield {
    name: "null scalars",
    function: "scalars",
    args: Array(4).fill("--input=(null)"),
  };
  yield {
    name: "a scalar and a tensor",
    function: "scalar_and_view",
    args: ["--input=3", "--input=2xui8=1 2"],
  };
  yield { name: "an i8", function: "i8", args: ["--input=200"] };
  yield { name: "an i1", function: "i1", args: ["--input=1"] };
  yield { name: "an f16", function: "f16", args: ["--input=1.5"] };
  yield { name: "a bf16", function: "bf16", args: ["--input=-2"] };
  yield {
    name: "tensors in a computation",
    function: "mul",
    args: ["--input=4xf32=1 2 3 4", "--input=4xf32=0.5"],
  };
  yield {
    name: "a tensor of any shape",
    function: "twice",
    args: ["--input=2x3xi32=1 2 3 4 5 6"],
  };
  yield { name: "no input", function: "constant", args: [] };
  yield {
    name: "another device",
    function: "mul",
    args: ["--device=local-sync", "--input=4xf32=3", "--input=4xf32=5"],
  };
}

/** All of them. */
export const VALUE_CASES: readonly Case[] = [...tensors(), ...forms()];
