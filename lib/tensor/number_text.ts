// Parses numbers like C's strtol and strtod, but requires that all of the text is
// a number.

/**
 * Parses an integer in base 10, 16 (`0x`) or 8 (`0`).
 *
 * @param text The text.
 * @returns The integer, or `undefined` if the text is not an integer.
 */
export function parseIntegerText(text: string): bigint | undefined {
  const match = /^([+-]?)(?:(0x[0-9a-f]+)|0([0-7]*)|([1-9][0-9]*))$/i
    .exec(text);
  if (match === null) return undefined;
  const [, sign, hexadecimal, octal, decimal] = match;
  const size = BigInt(hexadecimal ?? decimal ?? (octal ? `0o${octal}` : 0));
  return sign === "-" ? -size : size;
}

/**
 * Parses a floating-point number: decimal, hexadecimal (`0x1.8p3`), `inf` or
 * `nan`.
 *
 * @param text The text.
 * @param parseDecimal Parses and rounds a decimal.
 * @returns The number, or `undefined` if the text is not a number.
 */
export function parseFloatingText(
  text: string,
  parseDecimal: (text: string) => number = Number,
): number | undefined {
  const [, sign, special] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? [];
  if (special !== undefined) {
    const size = /^i/i.test(special) ? Infinity : NaN;
    return sign === "-" ? -size : size;
  }
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) {
    return parseDecimal(text);
  }
  return parseHexadecimal(text);
}

// `0x1.8p3`: digits before and after the point, times a power of two.
function parseHexadecimal(text: string): number | undefined {
  const match = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i
    .exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole + fraction === "") return undefined;
  const digits = Number(BigInt(`0x${whole}${fraction}`));
  const value = digits * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}

/** Texts for zero; any other number that becomes zero is too small. */
const ZERO = /^[+-]?(?:0x[0.]+(?:p.*)?|[0.]+(?:e.*)?)$/i;

/**
 * Returns whether rounding kept a number's magnitude: finite numbers stay finite,
 * and only zero becomes zero.
 *
 * @param text The number's text.
 * @param rounded The stored number.
 */
export function keepsSize(text: string, rounded: number): boolean {
  if (/inf|nan/i.test(text)) return true;
  return Number.isFinite(rounded) && (rounded !== 0 || ZERO.test(text));
}
