import { IreeError } from "./error.ts";

/** How long to wait for something. */
export interface WaitOptions {
  /** Gives up when it is aborted. */
  signal?: AbortSignal | undefined;
  /**
   * Gives up after so many milliseconds, 2147483647 at most but for Infinity.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/** Timers count milliseconds in 31 bits, and go off at once beyond that. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Reads how long to wait; throws what is aborted already.
 *
 * @param options What a caller gave.
 */
export function readWaitOptions(
  options: WaitOptions,
): { signal: AbortSignal | undefined; timeout: number } {
  if (typeof options !== "object" || options === null) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `how long to wait is told by an object, not by ${String(options)}`,
      { hint: "pass { timeout: milliseconds }" },
    );
  }
  const { signal, timeout = Infinity } = options;
  const isTime = typeof timeout === "number" && timeout >= 0 &&
    (timeout <= MAX_TIMEOUT || timeout === Infinity);
  if (!isTime) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `timeout must be a number of milliseconds from 0 to ${MAX_TIMEOUT}, or ` +
        `Infinity, not ${String(timeout)}`,
    );
  }
  signal?.throwIfAborted();
  return { signal, timeout };
}

/** Waits, but not for ever. */
export class Patience {
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;
  readonly #what: string;
  #isOver = false;

  /**
   * @param options How long to wait.
   * @param what What is waited for, for the message of an error.
   */
  constructor(options: WaitOptions, what: string) {
    const { signal, timeout } = readWaitOptions(options);
    this.#signal = signal;
    this.#timeout = timeout;
    this.#what = what;
  }

  /** Whether nobody waits any more, or nobody is going to. */
  get isOver(): boolean {
    return this.#isOver || this.#signal?.aborted === true;
  }

  /**
   * Waits for something.
   *
   * @param work What is waited for. When it ends too late, its failure is not
   * told and its result is let go.
   * @param letGo Lets a result go.
   * @returns The result; rejects when it takes too long.
   */
  async wait<T>(work: Promise<T>, letGo: (result: T) => void): Promise<T> {
    if (this.#signal === undefined && this.#timeout === Infinity) {
      return await work;
    }
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = (reason: unknown) => {
      this.#isOver = true;
      reject(reason);
    };
    const abort = () => giveUp(this.#signal?.reason);
    this.#signal?.addEventListener("abort", abort);
    // What was given to the work can have run code of the caller's.
    if (this.#signal?.aborted) abort();
    const timer = this.#timeout === Infinity
      ? undefined
      : setTimeout(() => giveUp(this.#deadlineExceeded()), this.#timeout);
    try {
      return await Promise.race([work, promise]);
    } catch (error) {
      if (this.#isOver) work.then(letGo, () => {});
      throw error;
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", abort);
    }
  }

  #deadlineExceeded(): IreeError {
    return new IreeError(
      "DEADLINE_EXCEEDED",
      `${this.#what} took longer than ${this.#timeout} ms`,
    );
  }
}
