import { followCall } from "../../ffi/call.ts";
import { isInside, oweFences } from "../../ffi/host/active.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { IreeError } from "../base/error.ts";

/**
 * Keeps the calls of a context in order: one at a time, on any thread.
 */
export class ContextQueue {
  readonly #context: Handle;
  /** Keys of the states of modules in TypeScript, in their order. */
  readonly hostStates: readonly number[];
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #submitted: Handle | undefined;

  constructor(context: Handle, hostStates: readonly number[]) {
    this.#context = context;
    this.hostStates = hostStates;
  }

  // A call of the context would wait for the call that it is in.
  #demandOutside(what: string): void {
    if (!isInside(this.hostStates)) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `${what} from inside a function that its context called`,
      { hint: "call another context, such as a fork of it" },
    );
  }

  /** Whether {@linkcode demandIdle} would not throw. */
  get isIdle(): boolean {
    return this.#waiting === 0 && !this.#context.listsAreBusy &&
      !isInside(this.hostStates) && !oweFences(this.hostStates);
  }

  /** Throws FAILED_PRECONDITION while an asynchronous call uses the context. */
  demandIdle(what: string): void {
    this.#demandOutside(what);
    // It would block the thread that must signal them.
    const isOwed = oweFences(this.hostStates);
    if (this.#waiting > 0 || isOwed) {
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
   * Runs work with the context when its turn comes.
   *
   * @param work The work; the next one waits until it has settled.
   * @param signal Skips the work if it is aborted by then.
   * @returns The result of the work; undefined if it was skipped.
   */
  async run<T>(
    work: () => T | Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    this.#demandOutside("a call cannot be made");
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

  // Starts synchronously when idle, so no other call slips in.
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

  /** Makes a call wait for earlier submissions. */
  follow(call: Handle): void {
    if (this.#submitted !== undefined) followCall(call, this.#submitted);
  }

  /** Records a submitted call, until {@linkcode ended}. */
  submitted(call: Handle): void {
    this.#submitted = call;
  }

  /** Records that the work of a submitted call has ended. */
  ended(call: Handle): void {
    if (this.#submitted === call) this.#submitted = undefined;
  }
}

/** The context of a function. */
export interface FunctionContext {
  /** The context. */
  readonly context: Handle;
  /** The devices that it uses, if any. */
  readonly devices: Handle | undefined;
  /** Whether calls compute on their own thread, and wait for no other. */
  readonly computesAlone: boolean;
  /** Keeps its calls in order. */
  readonly queue: ContextQueue;
}
