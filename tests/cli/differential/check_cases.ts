// Expected outputs, print limits and failures.

import { type Case, floats, npy } from "./case.ts";

function expecting(
  input: string,
  expected: string,
  ...args: string[]
): Case {
  return {
    name: [input, "expected", expected, ...args].join(" "),
    function: "view",
    args: [`--input=${input}`, `--expected_output=${expected}`, ...args],
    files: { "expected.npy": npy("<f4", "(2,)", floats(1, 2)) },
  };
}

const EXPECTED: readonly Case[] = [
  expecting("2xf32=1 2", "2xf32=1 2"),
  expecting("2xf32=1 2", "2xf32=1 2.00005"),
  expecting("2xf32=1 2", "2xf32=1 2.5"),
  expecting("2xf32=1 2", "2xf32=1 2.5", "--expected_f32_threshold=0.6"),
  expecting("2xf32=1 2", "2xf32=1 2.5", "--expected_rtol=0.5"),
  expecting("2xf32=1 2", "2xf32=1 2.00005", "--equality_mode=exact"),
  expecting("2xf32=nan inf", "2xf32=nan inf"),
  expecting("2xf32=0", "2xf32=-0", "--equality_mode=exact"),
  expecting("2xf16=1 2", "2xf16=1 2.0005"),
  expecting("2xf16=1 2", "2xf16=1 2.5", "--expected_f16_threshold=1"),
  expecting("2xbf16=1 2", "2xbf16=1 3"),
  expecting("2xbf16=1 2", "2xbf16=1 3", "--expected_bf16_threshold=1"),
  expecting("2xf64=1 2", "2xf64=1 2.1"),
  expecting("2xf64=1 2", "2xf64=1 2.1", "--expected_f64_threshold=1"),
  expecting("2xi32=1 2", "2xi32=1 3"),
  expecting("2xi8=1 2", "2xi8=1 2", "--equality_mode=approximate"),
  expecting("cf64=0000803f00000040", "cf64=0000803f00000041"),
  expecting("2xf8E4M3FN=1 2", "2xf8E4M3FN=1 3"),
  expecting("2xf32=1 2", "2xf64=1 2"),
  expecting("2xf32=1 2", "1x2xf32=1 2"),
  expecting("2xf32=1 2", "2xsi32=1 2"),
  expecting("2xf32=1 2", "(ignored)"),
  expecting("(null)", "(ignored)"),
  expecting("(null)", "1xf32"),
  expecting("2xf32=1 2", "(null)"),
  expecting("2xf32=1 2", "@expected.npy"),
  expecting("2xf32=1 3", "@expected.npy"),
  expecting("2xf32=1 2", "2xf32=1 2", "--output=-"),
  expecting("2xf32=1 2", "2xf32=1 2", "--expected_output=1xi8"),
  expecting("1100xi16=1", "1100xi16=2"),
  {
    name: "fewer expected outputs than results",
    function: "two",
    args: ["--input=1xi8", "--input=1xi8", "--expected_output=1xi8"],
  },
  {
    name: "two differences",
    function: "two",
    args: [
      "--input=1xi8=1",
      "--input=1xi8=2",
      "--expected_output=1xi8=3",
      "--expected_output=1xi8=4",
    ],
  },
  {
    name: "a buffer expected",
    function: "buffer",
    args: ["--input=&1xi8", "--expected_output=1xi8"],
  },
  {
    name: "scalars that match",
    function: "scalar_and_view",
    args: [
      "--input=3",
      "--input=1xi8",
      "--expected_output=3",
      "--expected_output=1xi8",
    ],
  },
  {
    name: "a scalar that differs",
    function: "i8",
    args: ["--input=3", "--expected_output=4"],
  },
  {
    name: "an ignored scalar",
    function: "i8",
    args: ["--input=3", "--expected_output=(ignored)"],
  },
];

function limited(input: string, count: string): Case {
  return {
    name: `${count} elements of ${input}`,
    function: "view",
    args: [`--input=${input}`, `--output_max_element_count=${count}`],
  };
}

const LIMITS: readonly Case[] = [
  limited("4xf32=1 2 3 4", "2"),
  limited("2x3xf32=1 2 3 4 5 6", "4"),
  limited("2x3xf32=1 2 3 4 5 6", "0"),
  limited("1030xi8", "-1"),
  limited("1030xi8", "1030"),
];

function failing(input: string, name = "view"): Case {
  return {
    name: `${name} of ${input}`,
    function: name,
    args: [`--input=${input}`],
  };
}

const FAILURES: readonly Case[] = [
  ...[
    "",
    "3",
    "abc",
    "4xf32=1 2 3",
    "4xf32=1 2 3 4 5",
    "0xf32=1",
    "4xf99=1",
    "4xq32=1",
    "4x=1",
    "axf32=1",
    "-1xf32=1",
    "4xi8=256",
    "4xi8=-129",
    "4xsi8=-129",
    "4xui8=-1",
    "4xi8=a",
    "4xi16=65536",
    "4xui32=4294967296",
    "4xi32=99999999999",
    "4xi32=3.7",
    "4xi64=9223372036854775808",
    "4xf32=1e39",
    "4xf32=1.5x",
    "4xf16=70000",
    "4xi1=1",
    "4xi1=02",
    "4xcf64=00",
    "4xi4=01 02",
    "2x2xi32=[1 2 3 4]",
    "2x2xi32=[[1 2][3 4]",
    "2x2xi32=[[1 2 3][4]]",
    "2x2xi32=[7]",
    "i32=[7]",
  ].map((input) => failing(input)),
  failing("4xf32=1", "i8"),
  failing("3.7", "i8"),
  failing("99999999999", "i8"),
  failing("300", "i8"),
  failing("2", "i1"),
  failing("+3", "i8"),
  failing("4xf32=1", "mul"),
  failing("5xf32=1", "constant"),
  {
    name: "a tensor of another shape",
    function: "mul",
    args: ["--input=5xf32=1", "--input=4xf32=1"],
  },
  {
    name: "a tensor of another type",
    function: "mul",
    args: ["--input=4xf32=1", "--input=4xi32=1"],
  },
  {
    name: "a tensor of another rank",
    function: "twice",
    args: ["--input=4xi32=1"],
  },
  {
    name: "null for a tensor",
    function: "mul",
    args: ["--input=4xf32=1", "--input=(null)"],
  },
  {
    name: "a buffer for a tensor",
    function: "view",
    args: ["--input=&4xf32=1"],
  },
  { name: "an unknown function", function: "nothing", args: [] },
  { name: "no function given", args: [] },
  { name: "an unknown flag", function: "constant", args: ["--bogus=1"] },
  {
    name: "a stray argument",
    function: "view",
    args: ["--input=2x2xi32=[[1", "2][3", "4]]"],
  },
  {
    name: "an unknown equality mode",
    function: "constant",
    args: ["--equality_mode=about"],
  },
  {
    name: "a tolerance that is not a number",
    function: "constant",
    args: ["--expected_f32_threshold=nan"],
  },
  {
    name: "bytes for booleans",
    module: "elements.mlir",
    function: "add_i1",
    args: ["--input=4xi8=0 1 2 3", "--input=4xi1=00"],
  },
  {
    name: "bytes that are not booleans",
    function: "view",
    args: ["--input=2xi1=@booleans"],
    files: { booleans: Uint8Array.of(1, 2) },
  },
  {
    name: "several elements in a byte",
    function: "view",
    args: ["--input=4xi4=@elements"],
    files: { elements: Uint8Array.of(1, 2) },
  },
  {
    name: "several elements in a byte that differ",
    function: "view",
    args: ["--input=4xi4=21", "--expected_output=4xi4=22"],
  },
  {
    name: "a limit that is not a number",
    function: "constant",
    args: ["--output_max_element_count=many"],
  },
];

/** All of them. */
export const CHECK_CASES: readonly Case[] = [
  ...EXPECTED,
  ...LIMITS,
  ...FAILURES,
];
