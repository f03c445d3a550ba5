import { stripVTControlCharacters } from "node:util";
import { AssertionError, suffix } from "./assertion_error.ts";

/** Any error class. */
type ErrorClassOf<E extends Error> = abstract new (...args: never[]) => E;

/** Expectations of `assertThrows` and `assertRejects`. */
interface Wanted<E extends Error> {
  ErrorClass?: ErrorClassOf<E>;
  msgIncludes?: string;
  msg?: string;
}

/**
 * Asserts that a value is an error.
 *
 * @param error The value.
 * @param ErrorClass The required class.
 * @param msgMatches Text or pattern in its message, colours aside.
 * @param msg Ends the message of a failure.
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClassOf<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(
      `Expected "error" to be an Error object${suffix(msg)}`,
    );
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", ` +
        `but was "${error.constructor?.name}"${suffix(msg)}`,
    );
  }
  if (!msgMatches || matches(error.message, msgMatches)) return;
  const wanted = typeof msgMatches === "string"
    ? JSON.stringify(msgMatches)
    : String(msgMatches);
  throw new AssertionError(
    `Expected error message to include ${wanted}, ` +
      `but got ${JSON.stringify(error.message)}${suffix(msg)}`,
  );
}

/**
 * Asserts that a function throws anything.
 *
 * @returns The thrown value.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of a class.
 *
 * @param fn The function.
 * @param ErrorClass The class; subclasses match.
 * @param msgIncludes Text in the error's message.
 * @param msg Ends the message of a failure.
 * @returns The error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClassOf<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClassOf<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = wantedFrom(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    check(error, wanted, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(wanted.msg)}`);
}

/**
 * Asserts that a function returns a promise that rejects with anything.
 *
 * @returns The rejection.
 */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/**
 * Asserts that a function returns a promise and that it rejects with an error
 * of a class. A function that throws before it returns fails the assertion.
 *
 * @param fn The function.
 * @param ErrorClass The class; subclasses match.
 * @param msgIncludes Text in the error's message.
 * @param msg Ends the message of a failure.
 * @returns The error.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClassOf<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClassOf<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = wantedFrom(classOrMsg, msgIncludes, msg);
  const promise = started(fn);
  if (promise === undefined) {
    throw new AssertionError(
      `Function throws when expected to reject${suffix(wanted.msg)}`,
    );
  }
  try {
    await promise;
  } catch (error) {
    check(error, wanted, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(wanted.msg)}`);
}

function matches(message: string, wanted: string | RegExp): boolean {
  const plain = stripVTControlCharacters(message);
  return typeof wanted === "string"
    ? plain.includes(stripVTControlCharacters(wanted))
    : wanted.test(plain);
}

/** Distinguishes the two overloads. */
function wantedFrom<E extends Error>(
  classOrMsg: ErrorClassOf<E> | string | undefined,
  msgIncludes?: string,
  msg?: string,
): Wanted<E> {
  return typeof classOrMsg === "string"
    ? { msg: classOrMsg }
    : { ErrorClass: classOrMsg, msgIncludes, msg };
}

function check<E extends Error>(
  error: unknown,
  { ErrorClass, msgIncludes, msg }: Wanted<E>,
  verb: "thrown" | "rejected",
): void {
  if (!ErrorClass) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${verb}${suffix(msg)}`);
  }
  assertIsError(error, ErrorClass, msgIncludes, msg);
}

/** The promise of `fn`, or `undefined` if it throws or returns none. */
function started(
  fn: () => PromiseLike<unknown>,
): PromiseLike<unknown> | undefined {
  try {
    const returned = fn();
    return typeof returned?.then === "function" ? returned : undefined;
  } catch {
    return undefined;
  }
}
