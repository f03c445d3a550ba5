import { IreeError } from "./error.ts";
import { isForged } from "./native_object.ts";

/** The largest count in native code. */
const MAX_SIZE = 0xffffffff;

/**
 * Rejects anything but a count or an ordinal for native code.
 *
 * @param what The name of the value, for messages.
 * @param value The count.
 */
export function checkSize(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_SIZE) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be an integer from 0 to ${MAX_SIZE}, got ` +
      String(value),
  );
}

/**
 * Rejects anything but a length or an offset in bytes.
 *
 * @param what The name of the value, for messages.
 * @param value The number of bytes.
 */
export function checkByteCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a non-negative integer, got ${String(value)}`,
  );
}

/**
 * Names the type of a value for an error message.
 *
 * @param value Any value.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "number":
      return `the number ${value}`;
    case "bigint":
      return `the bigint ${value}n`;
    case "object":
      return value === null
        ? "null"
        : `a ${value.constructor?.name ?? "object"}` +
          (isForged(value)
            ? " that was not made by a function of the package"
            : "");
    case "string":
      return "a string";
    case "boolean":
      return `the boolean ${value}`;
    default:
      return typeof value;
  }
}
