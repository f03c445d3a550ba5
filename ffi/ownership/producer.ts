/**
 * Submitted calls whose results are used before their contents are written.
 *
 * @module
 */

import { weakMap } from "../base/intrinsics.ts";
import { IreeError } from "../base/error.ts";
import { addTo, forEachIn } from "../base/intrinsics.ts";
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

/** The handle of a tensor, or of an object that contains tensors. */
interface Produced {
  producer: Producer | undefined;
}

/**
 * A submitted call whose results are handed out before they are written, and
 * the calls that its arguments wait for.
 */
export class Producer {
  /**
   * Its context, whose other calls may use the results before they are written.
   */
  readonly context: object;
  /** Settles when the contents are written; rejects if they never will be. */
  readonly finished: Promise<void>;
  readonly #call: CallHandle;
  #sources: readonly Producer[];
  #results: readonly Produced[] = [];
  #isPending = true;
  #failure: unknown;

  /**
   * @param context The context.
   * @param call The call.
   * @param sources Calls that will write the contents of its arguments.
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

  /** The call's failure, if any. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Blocks access to results until their contents are written. */
  keep(results: readonly Produced[]): void {
    this.#results = results;
    for (let i = 0; i < results.length; i++) results[i]!.producer = this;
  }

  async #finish(ended: Promise<void>): Promise<void> {
    try {
      await ended;
      await whenProduced(this.#sources);
      const results = this.#results;
      for (let i = 0; i < results.length; i++) results[i]!.producer = undefined;
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

  /** Waits on this thread; throws if the contents will never be written. */
  static waitForAll(producers: readonly Producer[]): void {
    if (producers.length === 0) return;
    // Grows during the iteration.
    const all = new Set<Producer>();
    const add = (some: readonly Producer[]) => {
      for (let i = 0; i < some.length; i++) addTo(all, some[i]!);
    };
    add(producers);
    forEachIn(all, (producer) => {
      producer.#wait();
      add(producer.#sources);
    });
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

/** Settles when all contents are written; rejects if any never will be. */
export async function whenProduced(
  producers: readonly Producer[],
): Promise<void> {
  try {
    await Promise.all(producers.map(({ finished }) => finished));
  } catch (error) {
    throw notProduced(ARGUMENT, error);
  }
}

/** The first failure of a chain of submissions, by the failures it caused. */
const origins = weakMap<IreeError, unknown>();

/**
 * Creates the error for contents whose call has failed.
 *
 * @param contents What is missing, in the plural.
 * @param cause The call's failure.
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
    `${contents} are not available: the call submitted for them has ` +
      `failed: ${reason}`,
    { cause },
  );
  origins.set(error, origin);
  return error;
}
