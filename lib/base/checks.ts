import { IreeError } from "./error.ts";

/** What native code can count to. */
const MAX_SIZE = 0xffffffff;

/**
 * Refuses what is no count or ordinal that native code knows.
 *
 * @param what What it is, for the message of the error.
 * @param value The count.
 */
export function checkSize(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_SIZE) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a whole number from 0 to ${MAX_SIZE}, not ` +
      String(value),
  );
}

/**
 * Refuses what is no length or offset in bytes.
 *
 * @param what What it is, for the message of the error.
 * @param value The number of bytes.
 */
export function checkByteCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a whole number from 0, not ${String(value)}`,
  );
}
