import { IreeError } from "../base/error.ts";
import { ownValue } from "../base/own_value.ts";
import { parseFloat32 } from "./decimal.ts";
import {
  keepsSize,
  parseFloatingText,
  parseIntegerText,
} from "./number_text.ts";
import { BFLOAT16, FLOAT16 } from "./scalar.ts";

/** A type of numbers whose text can be read by {@linkcode parseScalar}. */
export type ScalarTextType = "i32" | "i64" | "f16" | "bf16" | "f32" | "f64";

/** How the text of one type of numbers is read. */
export interface NumberReader {
  /** What fits, in words. */
  readonly range: string;
  /** The number, or `undefined` when the text is none or does not fit. */
  read(text: string): number | bigint | undefined;
}

/**
 * Reads whole numbers of a range.
 *
 * @param min The smallest one.
 * @param max The largest one.
 * @param bits Integers of 64 bits are read as `bigint`.
 */
export function integerReader(
  min: bigint,
  max: bigint,
  bits: number,
): NumberReader {
  return {
    range: `a whole number from ${min} to ${max}`,
    read: (text) => {
      const value = parseIntegerText(text);
      if (value === undefined || value < min || value > max) return undefined;
      return bits === 64 ? value : Number(value);
    },
  };
}

/**
 * Reads whole numbers with a sign.
 *
 * @param bits How many bits they have.
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

/** Readers of floating point by type. */
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
 * Reads the text of a number as IREE's tools do, but refuses what does not fit.
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
 * @param text The text: integers in base 10, 16 (`0x`) or 8 (`0`), floating
 * point as C writes it, with `inf` and `nan`.
 * @param type The type of the number.
 * @returns A `bigint` for i64, else a number; throws INVALID_ARGUMENT when the
 * text is no number, or none of the type.
 */
export function parseScalar(
  text: string,
  type: ScalarTextType,
): number | bigint {
  const reader = ownValue(READERS, type);
  if (reader === undefined) {
    throw new IreeError("INVALID_ARGUMENT", `unknown type '${type}'`, {
      hint: `types: ${Object.keys(READERS).join(", ")}`,
    });
  }
  const value = reader.read(text.trim());
  if (value !== undefined) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `parsing value \`${text}\` as ${type}`,
    { hint: `an ${type} is ${reader.range}` },
  );
}
