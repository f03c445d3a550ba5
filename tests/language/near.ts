import { assert } from "@std/assert";

/** Asserts that numbers differ by at most a tolerance. */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert(actual.length === expected.length, `${what}: lengths`);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert(
      difference <= tolerance,
      `${what}: ${actual[i]} instead of ${expected[i]} at ${i}`,
    );
  }
}
