import { AssertionError, suffix } from "./assertion_error.ts";
import { format } from "./diff.ts";

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw unordered(actual, ">", expected, msg);
}

/** Asserts `actual >= expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (actual >= expected) return;
  throw unordered(actual, ">=", expected, msg);
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw unordered(actual, "<", expected, msg);
}

/** Asserts `actual <= expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (actual <= expected) return;
  throw unordered(actual, "<=", expected, msg);
}

/**
 * Asserts that two numbers are close.
 *
 * @param actual One number.
 * @param expected The other.
 * @param tolerance The greatest difference; by default a ten millionth of
 * `expected`.
 * @param msg Ends the message of a failure.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Number.isFinite(expected)
    ? Math.abs(expected * 1e-7)
    : 1e-7,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const delta = Math.abs(expected - actual);
  if (delta <= tolerance) return;
  throw new AssertionError(
    `Expected actual: "${short(actual)}" to be close to ` +
      `"${short(expected)}": delta "${short(delta)}" is greater than ` +
      `"${short(tolerance)}"${suffix(msg)}`,
  );
}

function unordered(
  actual: unknown,
  sign: string,
  expected: unknown,
  msg?: string,
): AssertionError {
  return new AssertionError(
    msg ?? `Expect ${format(actual)} ${sign} ${format(expected)}`,
  );
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential();
}
