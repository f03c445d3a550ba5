import { describeValue } from "./message_values.ts";
import { IreeError } from "./error.ts";

/** Checks an option `signal`. */
export function checkSignal(
  signal: AbortSignal | undefined,
): AbortSignal | undefined {
  if (signal === undefined || isSignal(signal)) return signal;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `signal must be an AbortSignal, got ${describeValue(signal)}`,
    { hint: "AbortSignal.timeout(ms) gives up after a time" },
  );
}

const getAborted = Object.getOwnPropertyDescriptor(
  AbortSignal.prototype,
  "aborted",
)!.get!;

function isSignal(value: unknown): value is AbortSignal {
  try {
    getAborted.call(value);
    return true;
  } catch {
    return false;
  }
}

/** What can end work early: an `AbortSignal`, or what is cheaper to create. */
export interface Aborting {
  /** Whether the work has ended early. */
  readonly aborted: boolean;
  /** Why. */
  readonly reason: unknown;
  /** Calls a listener at the end. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Stops calling a listener. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * Waits for work until a signal is aborted.
 *
 * @param work The work. When it ends too late, its failure is ignored and its
 * result discarded.
 * @param signal Stops waiting when it is aborted.
 * @param discard Releases a result that comes too late.
 * @returns The result; rejects with the signal's reason if it is aborted.
 */
export function untilAborted<T>(
  work: Promise<T>,
  signal: Aborting | undefined,
  discard: (result: T) => void,
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    let isLate = false;
    const abort = () => {
      isLate = true;
      signal.removeEventListener("abort", abort);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    work.then((result) => {
      if (isLate) return discard(result);
      signal.removeEventListener("abort", abort);
      resolve(result);
    }, (error) => {
      signal.removeEventListener("abort", abort);
      reject(error);
    });
    // Starting the work can have run the caller's code.
    if (signal.aborted) abort();
  });
}
