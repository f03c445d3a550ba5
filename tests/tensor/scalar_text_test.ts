import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { IreeError } from "../../mod.ts";
import { parseScalar, type ScalarTextType } from "../../lib/tooling/mod.ts";
import { test } from "../support.ts";

type Value = number | bigint;
type VmType = Extract<ScalarTextType, "i32" | "i64" | "f32" | "f64">;

const I32: readonly [string, Value][] = [
  ["0", 0],
  ["7", 7],
  ["-7", -7],
  ["+7", 7],
  ["2147483647", 2 ** 31 - 1],
  ["-2147483648", -(2 ** 31)],
  ["0x10", 16],
  ["0XfF", 255],
  ["-0x10", -16],
  ["0x7fffffff", 2 ** 31 - 1],
  ["-0x80000000", -(2 ** 31)],
  ["010", 8],
  ["-010", -8],
  ["00", 0],
  ["017777777777", 2 ** 31 - 1],
  [" 5", 5],
  ["5\t\n", 5],
];

const I64: readonly [string, Value][] = [
  ["0", 0n],
  ["-1", -1n],
  ["9007199254740993", 2n ** 53n + 1n],
  ["9223372036854775807", 2n ** 63n - 1n],
  ["-9223372036854775808", -(2n ** 63n)],
  ["0x7fffffffffffffff", 2n ** 63n - 1n],
  ["-0x8000000000000000", -(2n ** 63n)],
  ["0777777777777777777777", 2n ** 63n - 1n],
  ["-010", -8n],
  [" 5 ", 5n],
];

const FLOATING: readonly [string, Value][] = [
  ["0", 0],
  ["-0", -0],
  ["0.0e-5", 0],
  ["0x0p5", 0],
  ["3", 3],
  ["+3", 3],
  ["010", 10],
  ["1.5", 1.5],
  ["1.", 1],
  [".5", 0.5],
  ["-.5", -0.5],
  ["1e3", 1000],
  ["-1.5E+3", -1500],
  ["25e-2", 0.25],
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["+Infinity", Infinity],
  ["INF", Infinity],
  ["nan", NaN],
  ["-NaN", NaN],
  ["0x10", 16],
  ["0x1.8p3", 12],
  ["0X.8P1", 1],
  ["-0x1p-3", -0.125],
  ["0xA.", 10],
  [" 2.5 ", 2.5],
];

const F32: readonly [string, Value][] = [
  ...FLOATING,
  ["3.4028234663852886e38", 2 ** 128 - 2 ** 104],
  ["0x1.fffffep127", 2 ** 128 - 2 ** 104],
  ["1e-45", 1e-45],
];

const F64: readonly [string, Value][] = [
  ...FLOATING,
  ["0.1", 0.1],
  ["1.7976931348623157e308", Number.MAX_VALUE],
  ["-1.7976931348623157e308", -Number.MAX_VALUE],
  ["5e-324", Number.MIN_VALUE],
  ["0x1p-1074", Number.MIN_VALUE],
  ["0x1.fffffffffffffp1023", Number.MAX_VALUE],
];

/** Texts that every type rejects. */
const NO_NUMBERS: readonly string[] = [
  "",
  " ",
  "abc",
  "1 2",
  "1,2",
  "1_000",
  "--1",
  "+-1",
  "- 1",
  "+",
  "-",
  "0x",
  "0xg",
  "1n",
  "0b1",
  "0o7",
  "'5'",
  '"5"',
  "true",
  "null",
  "(null)",
  "4xi32=1",
  "i32=5",
  "f64=1",
  "@file.npy",
  "%d%%",
  "１",
];

const NO_INTEGERS: readonly string[] = [
  ...NO_NUMBERS,
  "3.7",
  "3.",
  "3.0",
  "1e3",
  "08",
  "0x1p3",
  "inf",
  "nan",
];

const NO_FLOATING: readonly string[] = [
  ...NO_NUMBERS,
  ".",
  "e5",
  ".e5",
  "1e",
  "1e+",
  "1.5.5",
  "1d",
  "1f",
  "0x1p",
  "0x.p1",
  "infinit",
  "nan(1)",
  "1e400",
  "-1e400",
  "0x1p99999",
  "1e-400",
  "0x1p-9999",
];

const TYPES: Readonly<
  Record<VmType, {
    taken: readonly [string, Value][];
    refused: readonly string[];
    range: string;
  }>
> = {
  i32: {
    taken: I32,
    refused: [
      ...NO_INTEGERS,
      "99999999999",
      "2147483648",
      "-2147483649",
      "4294967295",
      "0x80000000",
      "0xffffffff",
      "020000000000",
    ],
    range: "an integer from -2147483648 to 2147483647",
  },
  i64: {
    taken: I64,
    refused: [
      ...NO_INTEGERS,
      "9223372036854775808",
      "-9223372036854775809",
      "0x8000000000000000",
      "18446744073709551615",
      "1e18",
    ],
    range: "an integer from -9223372036854775808 to 9223372036854775807",
  },
  f32: {
    taken: F32.map(([text, value]) =>
      [text, Math.fround(Number(value))] as const
    ),
    refused: [
      ...NO_FLOATING,
      "1e39",
      "-1e39",
      "3.4028236e38",
      "0x1p128",
      "1e-46",
      "-1e-50",
      "0x1p-151",
    ],
    range: "0, a number of size 1.4e-45 to 3.4e38, inf or nan",
  },
  f64: {
    taken: F64,
    refused: [...NO_FLOATING, "1e309", "0x1p1024"],
    range: "0, a number of size 4.9e-324 to 1.8e308, inf or nan",
  },
};

for (const [name, { taken, refused, range }] of Object.entries(TYPES)) {
  const type = name as VmType;

  test(`The text of an ${type} is read as in C`, () => {
    for (const [text, value] of taken) {
      const read = parseScalar(text, type);
      // Distinguishes -0 from 0, and 1n from 1.
      assert(Object.is(read, value), `'${text}' is read as ${read}`);
    }
  });

  test(`A text that is not an ${type} is rejected with the range`, () => {
    for (const text of refused) {
      const error = assertThrows(
        () => parseScalar(text, type),
        IreeError,
        undefined,
        `'${text}'`,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertEquals(
        error.detail,
        `parsing value \`${text}\` as ${type}`,
      );
      assertStringIncludes(error.hint ?? "", `an ${type} is ${range}`);
    }
  });
}
