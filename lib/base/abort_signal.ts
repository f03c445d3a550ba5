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

/**
 * Waits for work until a signal is aborted.
 *
 * @param work The work. When it ends too late, its failure is ignored and its
 * result discarded.
 * @param signal Stops waiting when it is aborted.
 * @param discard Releases a result that comes too late.
 * @returns The result; rejects with the signal's reason if it is aborted.
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  discard: (result: T) => void,
): Promise<T> {
  if (signal === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  // Starting the work can have run the caller's code.
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } catch (error) {
    if (signal.aborted) work.then(discard, () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
