import { parseFloat32 } from "./decimal.ts";
import { IreeError, type SlotType } from "../../mod.ts";

/** A type of scalars that functions take. */
export type ScalarInputType = Exclude<SlotType, "ref">;

const INTEGER_BITS = { i32: 32, i64: 64 } as const;

const FLOATING_SIZES = {
  f32: "1.4e-45 to 3.4e38",
  f64: "4.9e-324 to 1.8e308",
} as const;

/**
 * Reads a scalar as `iree-run-module` does, but refuses what does not fit.
 *
 * @param text The text: integers in base 10, 16 (`0x`) or 8 (`0`), floating
 * point as C writes it.
 * @param type What the function takes.
 * @param ordinal Which argument it is, for the message of an error.
 * @returns A `bigint` for i64, else a number.
 */
export function parseScalarInput(
  text: string,
  type: ScalarInputType,
  ordinal: number,
): number | bigint {
  const value = type === "f32" || type === "f64"
    ? parseFloating(text.trim(), type)
    : parseInteger(text.trim(), INTEGER_BITS[type]);
  if (value !== undefined) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `parsing value \`${text}\` as ${type}; parsing input ${ordinal}`,
    { hint: `an ${type} is ${describeRange(type)}` },
  );
}

function describeRange(type: ScalarInputType): string {
  if (type === "f32" || type === "f64") {
    return `0, a number of size ${FLOATING_SIZES[type]}, inf or nan`;
  }
  const max = 2n ** BigInt(INTEGER_BITS[type] - 1) - 1n;
  return `a whole number from ${-max - 1n} to ${max}`;
}

function parseInteger(
  text: string,
  bits: 32 | 64,
): number | bigint | undefined {
  const match = /^([+-]?)(?:(0x[0-9a-f]+)|0([0-7]*)|([1-9][0-9]*))$/i
    .exec(text);
  if (match === null) return undefined;
  const [, sign, hexadecimal, octal, decimal] = match;
  const size = BigInt(hexadecimal ?? decimal ?? (octal ? `0o${octal}` : 0));
  const value = sign === "-" ? -size : size;
  if (BigInt.asIntN(bits, value) !== value) return undefined;
  return bits === 64 ? value : Number(value);
}

function parseFloating(text: string, type: "f32" | "f64"): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) {
    const size = /^i/i.test(special[2]) ? Infinity : NaN;
    return special[1] === "-" ? -size : size;
  }
  const value = parseHexadecimal(text) ?? parseDecimal(text, type);
  if (value === undefined) return undefined;
  const stored = type === "f32" ? Math.fround(value) : value;
  if (!Number.isFinite(stored)) return undefined;
  return stored !== 0 || ZERO.test(text) ? value : undefined;
}

/** Texts of zero; what else becomes zero is too small. */
const ZERO = /^[+-]?(?:0x[0.]+(?:p.*)?|[0.]+(?:e.*)?)$/i;

function parseDecimal(text: string, type: "f32" | "f64"): number | undefined {
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
  if (!isNumber) return undefined;
  return type === "f32" ? parseFloat32(text) : Number(text);
}

// `0x1.8p3`: digits before and after the point, times a power of two.
function parseHexadecimal(text: string): number | undefined {
  const match = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i
    .exec(text);
  if (match === null || match[2] + match[3] === "") return undefined;
  const [, sign, whole, fraction, exponent = "0"] = match;
  const digits = Number(BigInt(`0x${whole}${fraction}`));
  const value = digits * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}
