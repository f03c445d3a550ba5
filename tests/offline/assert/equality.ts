import { AssertionError, suffix } from "./assertion_error.ts";
import { difference, format } from "./diff.ts";
import { equal } from "./equal.ts";

/** Asserts that two values are {@linkcode equal}, deeply. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n${difference(actual, expected)}`,
  );
}

/** Asserts that two values are not {@linkcode equal}. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${format(actual)} not to be: ${format(expected)}` +
      suffix(msg),
  );
}

/** Asserts that two values are identical, by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const written = format(actual);
  if (written === format(expected)) {
    throw new AssertionError(
      "Values have the same structure but are not reference-equal" +
        `${suffix(msg)}\n\n${written.replaceAll(/^/gm, "    ")}\n`,
    );
  }
  throw new AssertionError(
    `Values are not strictly equal${suffix(msg)}\n` +
      difference(actual, expected),
  );
}
