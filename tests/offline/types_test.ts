/**
 * Specifies what this project uses of `@std/testing/types`. It runs against the active set: the
 * package, or the stand-in with `--import-map=tests/offline/import_map.json`.
 *
 * @module
 */

import {
  type Assert,
  type AssertFalse,
  type AssertTrue,
  assertType,
  type Has,
  type IsAny,
  type IsExact,
  type IsNever,
  type IsNullable,
  type NotHas,
} from "@std/testing/types";

Deno.test("type assertions resolve to true and to false", () => {
  assertType<IsExact<string | number, number | string>>(true);
  assertType<IsExact<{ a: 1 } & { b: 2 }, { a: 1; b: 2 }>>(true);
  assertType<IsExact<{ a?: 1 }, { a: 1 }>>(false);
  assertType<IsExact<{ readonly a: 1 }, { a: 1 }>>(false);
  assertType<IsExact<string, string | undefined>>(false);
  assertType<IsExact<unknown, string>>(false);
  assertType<IsNever<never>>(true);
  assertType<IsNever<unknown>>(false);
  assertType<IsAny<unknown>>(false);
  assertType<Has<string | number, string>>(true);
  assertType<Has<string, number>>(false);
  assertType<NotHas<string, number>>(true);
  assertType<NotHas<string | number, string>>(false);
  assertType<IsNullable<string | null>>(true);
  assertType<IsNullable<string>>(false);
  // @ts-expect-error: a wrong expectation must not compile.
  assertType<IsExact<string, number>>(true);
});

/** Compiles only if each assertion resolves to the stated type. */
export type Resolved = [
  AssertTrue<IsExact<1, 1>>,
  AssertFalse<IsExact<1, 2>>,
  Assert<Has<1 | 2, 2>, true>,
  // @ts-expect-error: a wrong expectation must not compile.
  AssertTrue<IsExact<1, 2>>,
];
