import { followCall } from "../ffi/call.ts";
import type { Handle } from "../ffi/handle.ts";
import { IreeError } from "./error.ts";

/**
 * Keeps the calls of a context in order: a context runs one at a time, whatever
 * thread it runs on.
 */
export class ContextQueue {
  readonly #context: Handle;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #submitted: Handle | undefined;

  constructor(context: Handle) {
    this.#context = context;
  }

  /** Refuses to use the context now while an asynchronous call has it. */
  demandIdle(what: string): void {
    if (this.#waiting === 0 && !this.#listsAreBusy) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `${what} while an asynchronous call uses its context`,
      {
        hint: "await that call first, use callAsync, which waits for its " +
          "turn, or a fork of the context",
      },
    );
  }

  get #listsAreBusy(): boolean {
    return this.#context.isShared && this.#context.domain.listsAreBusy;
  }

  /**
   * Does something with the context when it is its turn.
   *
   * @param work What is done; the next one waits until it has settled.
   * @param isWanted Whether it is still to be done when its turn comes.
   * @returns What it gives; undefined when it was no longer wanted.
   */
  async run<T>(
    work: () => T | Promise<T>,
    isWanted: () => boolean,
  ): Promise<T | undefined> {
    const isIdle = this.#waiting++ === 0 && !this.#listsAreBusy;
    const turn = isIdle
      ? startNow(work, isWanted)
      : this.#tail.then(() => this.#start(work, isWanted));
    this.#tail = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async #start<T>(
    work: () => T | Promise<T>,
    isWanted: () => boolean,
  ): Promise<T | undefined> {
    while (isWanted() && this.#listsAreBusy) await listsIdle();
    return isWanted() ? await work() : undefined;
  }

  /** Makes a call begin when those that were submitted before have ended. */
  follow(call: Handle): void {
    if (this.#submitted !== undefined) followCall(call, this.#submitted);
  }

  /** Notes a call that was submitted, until {@linkcode ended}. */
  submitted(call: Handle): void {
    this.#submitted = call;
  }

  /** Notes that the work of a submitted call has ended. */
  ended(call: Handle): void {
    if (this.#submitted === call) this.#submitted = undefined;
  }
}

// Also a failure of the work is one of the promise.
async function startNow<T>(
  work: () => T | Promise<T>,
  isWanted: () => boolean,
): Promise<T | undefined> {
  return isWanted() ? await work() : undefined;
}

/** How long to wait before lists are looked at again, in milliseconds. */
const LISTS_INTERVAL = 1;

// Another context has them; nobody tells when it is done.
function listsIdle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LISTS_INTERVAL));
}
