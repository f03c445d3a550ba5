import { IreeError } from "./error.ts";

/** Whether a value is a promise, of any class. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

/**
 * Creates the error for a promise that a blocking call cannot wait for.
 *
 * @param what What returned it.
 * @param returned The promise; its outcome is ignored.
 */
export function refusePromise(
  what: string,
  returned: PromiseLike<unknown>,
): IreeError {
  returned.then(() => {}, () => {});
  return new IreeError(
    "FAILED_PRECONDITION",
    `${what} returned a promise inside a blocking call`,
    {
      hint:
        "call the program with callAsync, computeAsync or run, and load it " +
        "with loadAsync",
    },
  );
}
