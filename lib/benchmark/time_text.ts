import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";

/** Units of time, and how many milliseconds each one has. */
const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ["s", 1000],
  ["ms", 1],
  ["µs", 1e-3],
  ["ns", 1e-6],
];

/**
 * Formats a time with three digits, in the unit that suits it.
 *
 * @param milliseconds The time.
 */
export function formatTime(milliseconds: number): string {
  if (typeof milliseconds !== "number") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `milliseconds must be a number, got ${describeValue(milliseconds)}`,
    );
  }
  const [unit, size] = UNITS.find(([, size]) => milliseconds >= size) ??
    UNITS[UNITS.length - 1]!;
  return `${formatDigits(milliseconds / size)} ${unit}`;
}

/** Formats a number with three digits, without an exponent. */
export function formatDigits(value: number): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toFixed(digits);
}
