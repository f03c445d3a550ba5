/**
 * Submitted calls whose results are passed on before their contents are there.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { type Handle, Kind } from "./handle.ts";
import { native } from "../library/library.ts";
import { check } from "../library/status.ts";

/** A submitted call that is to give contents; those whose own it takes, too. */
export class Giver {
  /** The context, where others can take its results meanwhile. */
  readonly context: Handle;
  /** Settles when the contents are there; rejects when they never will be. */
  readonly finished: Promise<void>;
  readonly #call: Handle;
  #sources: readonly Giver[];
  #results: readonly Handle[] = [];
  #isPending = true;
  #failure: unknown;

  /**
   * @param context The context.
   * @param call The call.
   * @param sources Those that are to give the contents of its arguments.
   * @param ended Settles when its work has ended.
   */
  constructor(
    context: Handle,
    call: Handle,
    sources: readonly Giver[],
    ended: Promise<void>,
  ) {
    this.context = context;
    this.#call = call.retain();
    this.#sources = sources;
    this.finished = this.#finish(ended);
  }

  /** Keeps results from being looked at before their contents are there. */
  keep(results: readonly Handle[]): void {
    this.#results = results;
    for (const result of results) result.giver = this;
  }

  async #finish(ended: Promise<void>): Promise<void> {
    try {
      await ended;
      await allFinished(this.#sources);
      for (const result of this.#results) result.giver = undefined;
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#isPending = false;
      this.#sources = [];
      this.#results = [];
      this.#call.release();
    }
  }

  /** Waits on this thread; throws when the contents will never be there. */
  static waitForAll(givers: readonly Giver[]): void {
    if (givers.length === 0) return;
    // It grows while it is gone through.
    const all = new Set(givers);
    for (const giver of all) {
      giver.#wait();
      for (const source of giver.#sources) all.add(source);
    }
  }

  #wait(): void {
    if (this.#failure !== undefined) throw notGiven(this.#failure);
    if (!this.#isPending) return;
    try {
      check(native.iree_ffi_call_await(this.#call.pointer(Kind.call)));
    } catch (error) {
      throw notGiven(error);
    }
  }
}

/** Settles when the contents of all are there; rejects when any never will be. */
export async function allFinished(givers: readonly Giver[]): Promise<void> {
  try {
    await Promise.all(givers.map(({ finished }) => finished));
  } catch (error) {
    throw notGiven(error);
  }
}

function notGiven(cause: unknown): IreeError {
  return new IreeError(
    "FAILED_PRECONDITION",
    "the contents of an argument are not there: the call that was submitted " +
      "for them has failed",
    { cause, hint: "its failure is the cause of this one" },
  );
}
