import { toText } from "../base/checks.ts";
import { quoteValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { ownValue } from "../base/own_value.ts";
import { parseFloat32 } from "./decimal.ts";
import {
  keepsSize,
  parseFloatingText,
  parseIntegerText,
} from "./number_text.ts";
import { BFLOAT16, FLOAT16 } from "./scalar.ts";

/** A number type that {@linkcode parseScalar} supports. */
export type ScalarTextType = "i32" | "i64" | "f16" | "bf16" | "f32" | "f64";

/** Parses one type of numbers. */
export interface NumberReader {
  /** The accepted values, in words. */
  readonly range: string;
  /** Returns the number, or `undefined` if the text is invalid or out of range. */
  read(text: string): number | bigint | undefined;
}

/**
 * Parses integers within a range.
 *
 * @param min The minimum.
 * @param max The maximum.
 * @param bits The size in bits; 64-bit integers become `bigint`.
 */
export function integerReader(
  min: bigint,
  max: bigint,
  bits: number,
): NumberReader {
  return {
    range: `an integer from ${min} to ${max}`,
    read: (text) => {
      const value = parseIntegerText(text);
      if (value === undefined || value < min || value > max) return undefined;
      return bits === 64 ? value : Number(value);
    },
  };
}

/**
 * Parses signed integers.
 *
 * @param bits The size in bits.
 */
export function signedReader(bits: number): NumberReader {
  const size = 2n ** BigInt(bits - 1);
  return integerReader(-size, size - 1n, bits);
}

function floatingReader(
  sizes: string,
  round: (value: number) => number,
  parseDecimal?: (text: string) => number,
): NumberReader {
  return {
    range: `0, a number of size ${sizes}, inf or nan`,
    read: (text) => {
      const value = parseFloatingText(text, parseDecimal);
      if (value === undefined) return undefined;
      return keepsSize(text, round(value)) ? value : undefined;
    },
  };
}

/** Floating-point parsers by type. */
export const FLOATING_READERS: Readonly<
  Record<Exclude<ScalarTextType, "i32" | "i64">, NumberReader>
> = {
  f16: floatingReader(
    "6e-8 to 65504",
    (it) => FLOAT16.decode(FLOAT16.encode(it)),
  ),
  bf16: floatingReader(
    "9.2e-41 to 3.4e38",
    (it) => BFLOAT16.decode(BFLOAT16.encode(it)),
  ),
  f32: floatingReader("1.4e-45 to 3.4e38", Math.fround, parseFloat32),
  f64: floatingReader("4.9e-324 to 1.8e308", (it) => it),
};

const READERS: Readonly<Record<ScalarTextType, NumberReader>> = {
  i32: signedReader(32),
  i64: signedReader(64),
  ...FLOATING_READERS,
};

/**
 * Parses a number like IREE's tools, but rejects numbers that do not fit.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { parseScalar } from "@iree/runtime/tooling";
 *
 * assertEquals(parseScalar("0x10", "i32"), 16);
 * assertThrows(() => parseScalar("3.7", "i32"));
 * ```
 *
 * @param text The text: integers in base 10, 16 (`0x`) or 8 (`0`), floats in C
 * syntax, including `inf` and `nan`.
 * @param type The number's type.
 * @returns A `bigint` for i64, else a number; throws INVALID_ARGUMENT if the text
 * is not a number of the type.
 */
export function parseScalar(
  text: string,
  type: ScalarTextType,
): number | bigint {
  const reader = ownValue(READERS, type);
  if (reader === undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `unknown type ${quoteValue(type)}`,
      {
        hint: `types: ${Object.keys(READERS).join(", ")}`,
      },
    );
  }
  const value = reader.read(toText("text", text).trim());
  if (value !== undefined) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `parsing value \`${text}\` as ${type}`,
    { hint: `an ${type} is ${reader.range}` },
  );
}
