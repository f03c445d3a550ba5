import { followCall } from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { IreeError } from "../base/error.ts";

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
    if (this.#waiting > 0) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        `${what} while an asynchronous call uses its context`,
        {
          hint: "await that call first, use callAsync, which waits for its " +
            "turn, or a fork of the context",
        },
      );
    }
    if (this.#context.listsAreBusy) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        `${what} while an asynchronous call of another context runs that may ` +
          "have a list in common with it",
        {
          hint:
            "await that call first, or use callAsync, which waits for its " +
            "turn",
        },
      );
    }
  }

  /**
   * Does something with the context when it is its turn.
   *
   * @param work What is done; the next one waits until it has settled.
   * @param signal Aborted when it is no longer wanted: it is not done then.
   * @returns What it gives; undefined when it was no longer wanted.
   */
  async run<T>(
    work: () => T | Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    const turn = this.#waiting++ === 0
      ? this.#start(work, signal)
      : this.#tail.then(() => this.#start(work, signal));
    this.#tail = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  // Begins at once where it can: nobody else does meanwhile.
  async #start<T>(
    work: () => T | Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    const turn = this.#context.lists.begin();
    if (turn !== undefined) await turn;
    try {
      return signal?.aborted ? undefined : await work();
    } finally {
      this.#context.lists.end();
    }
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

/** What a function is looked up in. */
export interface FunctionContext {
  /** The context. */
  readonly context: Handle;
  /** The devices that it uses, if any. */
  readonly devices: Handle | undefined;
  /** Keeps its calls in order. */
  readonly queue: ContextQueue;
}
