/**
 * Stands in for `@std/testing/types` where JSR cannot be reached: assertions
 * that the type checker makes.
 *
 * `tests/offline/types_test.ts` specifies both.
 *
 * @module
 */

/**
 * Asserts that a type resolves to `true` or to `false`.
 *
 * @param _expectTrue The expected result, written out.
 */
export function assertType<T extends boolean>(_expectTrue: T): void {}

/** Asserts that a type resolves to `true`. */
export type AssertTrue<T extends true> = never;

/** Asserts that a type resolves to `false`. */
export type AssertFalse<T extends false> = never;

/** Asserts that a type resolves to the expected `true` or `false`. */
export type Assert<T extends boolean, Expected extends T> = never;

/** Whether `T` is `any`. */
export type IsAny<T> = 0 extends (1 & T) ? true : false;

/** Whether `T` is `never`. */
export type IsNever<T> = [T] extends [never] ? true : false;

/** Whether `T` is `unknown`, and not `any`. */
export type IsUnknown<T> = IsAny<T> extends true ? false
  : unknown extends T ? true
  : false;

/** Whether `T` may be `null` or `undefined`. */
export type IsNullable<T> = IsNever<Extract<T, null | undefined>> extends true
  ? false
  : true;

/** Whether the union `T` has `U`; `any` has every type. */
export type Has<T, U> = IsAny<T> extends true ? true
  : IsAny<U> extends true ? false
  : IsNever<Extract<T, U>> extends true ? false
  : true;

/** Whether the union `T` lacks `U`. */
export type NotHas<T, U> = Has<T, U> extends true ? false : true;

/** Whether `T` and `U` are identical, with intersections merged. */
export type IsExact<T, U> = Identical<Merged<T>, Merged<U>>;

/**
 * Two conditional types are assignable only if their conditions are identical.
 */
type Identical<T, U> = (<X>() => X extends T ? 1 : 2) extends
  (<X>() => X extends U ? 1 : 2) ? true : false;

/** An object type with its intersections merged, at any depth. */
type Merged<T> = T extends Record<PropertyKey, unknown>
  ? { [K in keyof T]: Merged<T[K]> }
  : T;
