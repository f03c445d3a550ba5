// Inputs from files and outputs to files.

import {
  ascii,
  type Case,
  counting,
  floats,
  join,
  npy,
  npyOfHeader,
} from "./case.ts";

/** NumPy's types with the size of an element in bytes. */
const DESCRS: readonly (readonly [string, number])[] = [
  ["|b1", 1],
  ["|i1", 1],
  ["<i2", 2],
  ["<i4", 4],
  ["=i8", 8],
  ["|u1", 1],
  ["<u2", 2],
  ["u4", 4],
  ["<u8", 8],
  ["<f2", 2],
  ["<f4", 4],
  ["<f8", 8],
  ["<c8", 8],
  ["<c16", 16],
  ["<V2", 2],
  ["|V2", 2],
];

const SHAPES: readonly (readonly [string, number])[] = [
  ["(3,)", 3],
  ["()", 1],
  ["(2, 2)", 4],
  ["(2, 0, 3)", 0],
  ["(1, 2, 1)", 2],
];

function* numpyTypes(): Generator<Case> {
  for (const [ordinal, [descr, size]] of DESCRS.entries()) {
    const [shape, count] = SHAPES[ordinal % SHAPES.length];
    const contents = descr === "|b1"
      ? Uint8Array.of(1, 0, 1)
      : counting(count * size);
    yield {
      name: `npy ${descr} ${shape}`,
      function: "view",
      args: ["--input=@in.npy", "--output=@out.npy"],
      files: { "in.npy": npy(descr, shape, contents) },
    };
  }
}

const TWO_ARRAYS = {
  "in.npy": join(
    npy("<f4", "(2,)", floats(1, 2)),
    npy("<f4", "(1, 1)", floats(3)),
  ),
};
const BYTES = { "in.bin": floats(1, 2, 3, 4) };

function two(name: string, ...args: string[]): Case {
  return { name, function: "two", args, files: { ...TWO_ARRAYS, ...BYTES } };
}

const READING: readonly Case[] = [
  two("both arrays of a file", "--input=@in.npy", "--input=+in.npy"),
  two("the first array twice", "--input=@in.npy", "--input=@in.npy"),
  two("appending at first", "--input=+in.npy", "--input=+in.npy"),
  two("all arrays of a file", "--input=*in.npy"),
  two(
    "an array, then all remaining ones",
    "--input=@in.npy",
    "--input=*in.npy",
  ),
  two(
    "all arrays of an exhausted file",
    "--input=*in.npy",
    "--input=*in.npy",
  ),
  two("bytes", "--input=2xf32=@in.bin", "--input=2xi32=@in.bin"),
  two(
    "bytes, then the next ones",
    "--input=2xf32=@in.bin",
    "--input=2xf32=+in.bin",
  ),
  two(
    "more bytes than remain",
    "--input=3xf32=@in.bin",
    "--input=2xf32=+in.bin",
  ),
  two("leftover bytes", "--input=2xf32=@in.bin", "--input=1xi8"),
  two(
    "an array for a type",
    "--input=2xf32=@in.npy",
    "--input=1x1xf32=+in.npy",
  ),
  two("an array for another type", "--input=2xi32=@in.npy", "--input=1xi8"),
  two("an array for another shape", "--input=1x2xf32=@in.npy", "--input=1xi8"),
  {
    name: "an array, then other bytes",
    function: "view",
    args: ["--input=@in.npy"],
    files: { "in.npy": join(npy("<f4", "(1,)", floats(1)), ascii("more")) },
  },
  {
    name: "a scalar with an x",
    function: "view",
    args: ["--input=xf32=1.5"],
  },
  {
    name: "more bytes than expected",
    function: "view",
    args: ["--input=2xf32=1 2", "--expected_output=2xf32=@in.bin"],
    files: BYTES,
  },
  {
    name: "an expected array with its type",
    function: "view",
    args: ["--input=2xf32=1 2", "--expected_output=2xf32=@in.npy"],
    files: { "in.npy": npy("<f4", "(2,)", floats(1, 2)) },
  },
  two("bytes of nothing", "--input=0xf32=@in.bin", "--input=f32=+in.bin"),
  two("a missing third array", "--input=*in.npy", "--input=+in.npy"),
  two("one array too many", "--input=1xi8", "--input=*in.npy"),
  two("a missing file", "--input=@missing.npy", "--input=1xi8"),
  two("missing bytes", "--input=2xi8=@missing", "--input=1xi8"),
  two("a file of an unknown kind", "--input=@in.bin", "--input=1xi8"),
  two("all of a file of an unknown kind", "--input=*in.bin"),
  two("a folder", "--input=@.", "--input=1xi8"),
  {
    name: "an array for a scalar",
    function: "scalars",
    args: ["--input=@in.npy"],
    files: TWO_ARRAYS,
  },
  {
    name: "a buffer of a file",
    function: "buffer",
    args: ["--input=&4xf32=@in.bin", "--output=@out.bin"],
    files: BYTES,
  },
  {
    name: "a storage of text for a scalar",
    function: "scalars",
    args: ["--input=&4xf32=1"],
  },
];

const HEADERS: readonly (readonly [string, string])[] = [
  ["big-endian", "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }"],
  ["Fortran order", "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }"],
  ["text", "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }"],
  ["objects", "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"],
  ["not a dict", "nothing"],
  [
    "other order of keys",
    "{'shape': (1,), 'fortran_order': False, 'descr': '<f4', }",
  ],
  [
    "a width of nothing",
    "{'descr': '<f', 'fortran_order': False, 'shape': (1,), }",
  ],
  [
    "a shape that is not numbers",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (a,), }",
  ],
  ["no shape", "{'descr': '<f4', 'fortran_order': False, }"],
  [
    "a huge width",
    "{'descr': '<f300', 'fortran_order': False, 'shape': (1,), }",
  ],
];

function* headers(): Generator<Case> {
  for (const [name, header] of HEADERS) {
    yield broken(`npy header: ${name}`, npyOfHeader(header, floats(1)));
  }
  const whole = npy("<f4", "(1,)", floats(1));
  yield broken("npy: empty", new Uint8Array());
  yield broken("npy: other magic", ascii("PK\x03\x04 and more"));
  yield broken("npy: another version", ascii("\x93NUMPY\x09\0and more"));
  yield broken("npy: cut in the header", whole.slice(0, 60));
  yield broken("npy: cut in the contents", whole.slice(0, -1));
}

function broken(name: string, file: Uint8Array<ArrayBuffer>): Case {
  const files = { "in.npy": file };
  return { name, function: "view", args: ["--input=@in.npy"], files };
}

const OUTPUT_TYPES: readonly string[] = [
  "i1=01",
  "2xi8=1 2",
  "2x1xui16=1 2",
  "0x2xf32",
  "f64=0.1",
  "1x2x3xi32=5",
  "2xbf16=1 2",
  "2xf8E4M3FN=1 2",
  "cf64=0000803f00000040",
  "2x*16=0102 0304",
  "1x1x1x1x1x1x1x1x3xi8=1 2 3",
  "3x1x1x1x1x1xf64",
];

function* outputTypes(): Generator<Case> {
  for (const input of OUTPUT_TYPES) {
    for (const file of ["out.npy", "out.bin"]) {
      yield {
        name: `${input} to ${file}`,
        function: "view",
        args: [`--input=${input}`, `--output=@${file}`],
      };
    }
  }
}

const SCALARS = [1, 2, 3.5, 4.5].map((it) => `--input=${it}`);

function scalars(name: string, ...args: string[]): Case {
  return {
    name,
    function: "scalars",
    args: [...SCALARS, ...args],
    files: { "out.npy": ascii("there already") },
  };
}

const WRITING: readonly Case[] = [
  scalars(
    "scalars to arrays",
    "--output=@out.npy",
    "--output=+out.npy",
    "--output=+out.npy",
    "--output=+other.npy",
  ),
  scalars(
    "scalars to bytes",
    "--output=@out.bin",
    "--output=+out.bin",
    "--output=@out.npy",
    "--output=+out.bin",
  ),
  scalars(
    "printed and ignored",
    "--output=-",
    "--output=",
    "--output=-",
    "--output=",
  ),
  scalars(
    "appended to an existing file",
    "--output=+out.npy",
    "--output=",
    "--output=",
    "--output=",
  ),
  scalars("too few outputs", "--output=-"),
  scalars("too many outputs", ...Array(5).fill("--output=-")),
  scalars(
    "an output in an unknown form",
    "--output=out.npy",
    "--output=",
    "--output=",
    "--output=",
  ),
  scalars(
    "an unwritable output",
    "--output=@no/out.npy",
    "--output=",
    "--output=",
    "--output=",
  ),
  {
    name: "null to an array",
    function: "view",
    args: ["--input=(null)", "--output=@out.npy"],
  },
  {
    name: "null to bytes",
    function: "view",
    args: ["--input=(null)", "--output=@out.bin"],
  },
  {
    name: "a buffer to an array",
    function: "buffer",
    args: ["--input=&3xi16=7", "--output=@out.npy"],
  },
  {
    name: "a tensor printed by an output",
    function: "two",
    args: ["--input=2xi8=1 2", "--input=f32=1", "--output=-", "--output=-"],
  },
  {
    name: "an f16 to bytes",
    function: "f16",
    args: ["--input=1", "--output=@out.bin"],
  },
];

/** All of them. */
export const FILE_CASES: readonly Case[] = [
  ...numpyTypes(),
  ...READING,
  ...headers(),
  ...outputTypes(),
  ...WRITING,
];
