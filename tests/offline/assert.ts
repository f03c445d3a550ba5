/**
 * Stands in for `@std/assert` where JSR cannot be reached: the assertions this
 * project uses, with the package's signatures, semantics and first message
 * line.
 *
 * `tests/offline/assert_test.ts` specifies both.
 *
 * @module
 */

export { AssertionError } from "./assert/assertion_error.ts";
export { equal } from "./assert/equal.ts";
export {
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
} from "./assert/equality.ts";
export { assertIsError, assertRejects, assertThrows } from "./assert/errors.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "./assert/numbers.ts";
export {
  assert,
  assertArrayIncludes,
  assertExists,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  fail,
  unreachable,
} from "./assert/values.ts";
export type { Falsy } from "./assert/values.ts";
