/**
 * Submitted calls whose results are passed on before their contents are there.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { native } from "../library/library.ts";
import { check } from "../library/status.ts";
import { Kind } from "./kind.ts";

const ARGUMENT = "the contents of an argument";

/** The handle of a call. */
interface CallHandle {
  retain(): this;
  release(): void;
  pointer(kind: Kind): Deno.PointerObject;
}

/** The handle of a tensor, or of an object with tensors in it. */
interface Produced {
  producer: Producer | undefined;
}

/**
 * A submitted call whose results are handed out before they are written, and
 * the calls that its arguments wait for.
 */
export class Producer {
  /** Its context, whose other calls may take the results before they are written. */
  readonly context: object;
  /** Settles when the contents are there; rejects when they never will be. */
  readonly finished: Promise<void>;
  readonly #call: CallHandle;
  #sources: readonly Producer[];
  #results: readonly Produced[] = [];
  #isPending = true;
  #failure: unknown;

  /**
   * @param context The context.
   * @param call The call.
   * @param sources Those that are to give the contents of its arguments.
   * @param ended Settles when its work has ended.
   */
  constructor(
    context: object,
    call: CallHandle,
    sources: readonly Producer[],
    ended: Promise<void>,
  ) {
    this.context = context;
    this.#call = call.retain();
    this.#sources = sources;
    this.finished = this.#finish(ended);
  }

  /** What the call failed with, if it did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Keeps results from being looked at before their contents are there. */
  keep(results: readonly Produced[]): void {
    this.#results = results;
    for (const result of results) result.producer = this;
  }

  async #finish(ended: Promise<void>): Promise<void> {
    try {
      await ended;
      await whenProduced(this.#sources);
      for (const result of this.#results) result.producer = undefined;
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
  static waitForAll(producers: readonly Producer[]): void {
    if (producers.length === 0) return;
    // It grows while it is gone through.
    const all = new Set(producers);
    for (const producer of all) {
      producer.#wait();
      for (const source of producer.#sources) all.add(source);
    }
  }

  #wait(): void {
    if (this.#failure !== undefined) throw notProduced(ARGUMENT, this.#failure);
    if (!this.#isPending) return;
    try {
      check(native.iree_ffi_call_await(this.#call.pointer(Kind.call)));
    } catch (error) {
      throw notProduced(ARGUMENT, error);
    }
  }
}

/** Settles when the contents of all are there; rejects when any never will be. */
export async function whenProduced(
  producers: readonly Producer[],
): Promise<void> {
  try {
    await Promise.all(producers.map(({ finished }) => finished));
  } catch (error) {
    throw notProduced(ARGUMENT, error);
  }
}

/** The first failure of a chain of submissions, by those that it led to. */
const origins = new WeakMap<IreeError, unknown>();

/**
 * Makes the error for contents whose call has failed.
 *
 * @param contents What is missing, in the plural.
 * @param cause What the call failed with.
 * @returns The error, which names the first failure of the chain.
 */
export function notProduced(contents: string, cause: unknown): IreeError {
  const origin = cause instanceof IreeError
    ? origins.get(cause) ?? cause
    : cause;
  const reason = origin instanceof IreeError
    ? `${origin.code}: ${origin.detail}`
    : String(origin);
  const error = new IreeError(
    "FAILED_PRECONDITION",
    `${contents} are not there: the call that was submitted for them has ` +
      `failed: ${reason}`,
    { cause },
  );
  origins.set(error, origin);
  return error;
}
