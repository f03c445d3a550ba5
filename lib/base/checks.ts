import { arrayOf, copyOf } from "../../ffi/base/intrinsics.ts";
import { byteLengthOf, typedArrayName } from "../../ffi/base/typed_array.ts";
import { describeNumber, describeValue, quoteValue } from "./message_values.ts";
import { IreeError } from "./error.ts";

export { isUrl } from "../../ffi/base/url.ts";

/** The largest count in native code. */
const MAX_SIZE = 0xffffffff;

/**
 * Checks a count or an ordinal for native code.
 *
 * @param what The name of the value, for messages.
 * @param value The count.
 * @returns The same; throws INVALID_ARGUMENT for anything else, such as -0.
 */
export function toSize(what: string, value: number): number {
  if (isInteger(value, 0, MAX_SIZE)) {
    return value;
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be an integer from 0 to ${MAX_SIZE}, got ` +
      describeNumber(value),
  );
}

/**
 * Checks a length or an offset in bytes.
 *
 * @param what The name of the value, for messages.
 * @param value The number of bytes.
 * @returns The same; throws INVALID_ARGUMENT for anything else, such as -0.
 */
export function toByteCount(what: string, value: number): number {
  if (isInteger(value, 0, Number.MAX_SAFE_INTEGER)) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a non-negative integer, got ${describeNumber(value)}`,
  );
}

/**
 * Checks an integer of a range.
 *
 * @param what The name of the value, for messages.
 * @param value The number.
 * @param least The smallest that is accepted.
 * @param most The largest that is accepted.
 * @returns The same; throws INVALID_ARGUMENT for anything else, such as -0.
 */
export function toInteger(
  what: string,
  value: number,
  least: number,
  most: number,
): number {
  if (isInteger(value, least, most)) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be an integer from ${least} to ${most}, got ` +
      describeNumber(value),
  );
}

/**
 * Whether a value is an integer of a range. -0 is not, since Deno's FFI rejects
 * it.
 */
export function isInteger(
  value: unknown,
  least: number,
  most: number,
): value is number {
  return Number.isInteger(value) && !Object.is(value, -0) &&
    (value as number) >= least && (value as number) <= most;
}

/**
 * Checks a choice between names.
 *
 * @typeParam Name The names.
 * @param what Name of the choice, for messages.
 * @param value The choice.
 * @param names The names.
 */
export function toName<Name extends string>(
  what: string,
  value: Name,
  names: readonly Name[],
): Name {
  if (names.includes(value)) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be ${names.join(" or ")}, got ${quoteValue(value)}`,
  );
}

/**
 * Checks text.
 *
 * @param what The name of the value, for messages.
 * @param value The text.
 */
export function toText(what: string, value: string): string {
  if (typeof value === "string") return value;
  throw mustBe(what, "a string", value);
}

/**
 * Checks a boolean.
 *
 * @param what The name of the value, for messages.
 * @param value The boolean.
 */
export function toBoolean(what: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw mustBe(what, "a boolean", value);
}

/**
 * Copies an array. The copy has no holes, and its entries do not depend on the
 * prototype of arrays.
 *
 * @typeParam Entry Type of its entries.
 * @param what The name of the value, for messages.
 * @param value The array.
 * @param check Throws for a rejected entry, before others are read.
 */
export function copyArray<Entry>(
  what: string,
  value: readonly Entry[],
  check: (entry: Entry) => unknown,
): Entry[] {
  if (isArray(value)) {
    return arrayOf(value.length, (at) => {
      const entry = value[at] as Entry;
      check(entry);
      return entry;
    });
  }
  throw mustBe(what, "an array", value);
}

/**
 * Copies an iterable, as {@linkcode copyArray} copies an array.
 *
 * @typeParam Entry Type of its entries.
 * @param what The name of the value, for messages.
 * @param value The iterable.
 * @param check Throws for a rejected entry, before others are read.
 */
export function copyIterable<Entry>(
  what: string,
  value: Iterable<Entry>,
  check: (entry: Entry, at: number) => unknown,
): Entry[] {
  if (isIterable(value)) {
    return copyOf(value, check);
  }
  throw mustBe(what, "an array or another iterable", value);
}

/** Whether a value is iterable; throws for an array whose memory is gone. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  try {
    if (typedArrayName(value) !== undefined) {
      byteLengthOf(value);
      return true;
    }
    return typeof value === "object" && value !== null &&
      typeof (value as Iterable<unknown>)[Symbol.iterator] === "function";
  } catch (error) {
    if (isRevoked(value)) return false;
    throw error;
  }
}

/** Whether a value is a revoked Proxy, whose properties cannot be read. */
export function isRevoked(value: unknown): boolean {
  const isObject = typeof value === "object" && value !== null;
  if (!isObject && typeof value !== "function") return false;
  try {
    Object.getPrototypeOf(value);
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

/** Whether a value is a function; false for a revoked Proxy. */
export function isFunction(value: unknown): boolean {
  return typeof value === "function" && !isRevoked(value);
}

/** Whether a value is an array; false for a revoked Proxy. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Creates the error for an argument of the wrong type.
 *
 * @param what Name of the value.
 * @param expected What it must be.
 * @param value The value.
 */
export function mustBe(
  what: string,
  expected: string,
  value: unknown,
): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be ${expected}, got ${describeValue(value)}`,
  );
}

/**
 * Rejects anything but a length or an offset in bytes.
 *
 * @param what The name of the value, for messages.
 * @param value The number of bytes.
 */
export function checkByteCount(what: string, value: number): void {
  toByteCount(what, value);
}

/**
 * Rejects anything but a count or an ordinal for native code.
 *
 * @param what The name of the value, for messages.
 * @param value The count.
 */
export function checkSize(what: string, value: number): void {
  toSize(what, value);
}

/**
 * Reads nested data that the package created.
 *
 * @typeParam Result Type of the options read.
 * @param what The name of the data, for messages.
 * @param origin The function that creates such data.
 * @param read Reads the data.
 * @returns The result; throws INVALID_ARGUMENT for other data.
 */
export function readMade<Result>(
  what: string,
  origin: string,
  read: () => Result,
): Result {
  try {
    return read();
  } catch (cause) {
    const isOfEngine = cause instanceof TypeError ||
      cause instanceof RangeError || cause instanceof SyntaxError;
    if (!isOfEngine) throw cause;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} must be made by ${origin}: ${cause.message}`,
      { cause },
    );
  }
}

/**
 * Whether a value is an object of a class; an array whose proxy was revoked is not.
 *
 * @typeParam Class The class.
 * @param value Any value.
 * @param type The class.
 */
export function isInstance<Class>(
  value: unknown,
  // Its constructor can be private.
  type: {
    readonly prototype: Class;
    [Symbol.hasInstance](value: unknown): boolean;
  },
): value is Class {
  return !isRevoked(value) && type[Symbol.hasInstance](value);
}
