/**
 * Calls that programs on other threads make into this isolate.
 *
 * @module
 */

import { hasEnded, native } from "../library/library.ts";
import { countWaitedFor, recordCaller, runWaitedFor } from "./active.ts";
import {
  failCall,
  Outcome,
  type PendingCall,
  takeReleased,
  targetOf,
  theHost,
} from "./host.ts";

let listeners = 0;

/** Signals of the programs that run, by the keys that their calls have. */
const signals = new Map<number, AbortSignal>();

/** A call in a row needs no other thread if it comes that soon. */
const NEXT_CALL_MICROSECONDS = 50;

/**
 * Prepares for the calls of a program on another thread.
 *
 * @param keys Keys of the states in the context of the program, or, while it
 * is created, of its modules.
 * @param body What runs it, and calls {@linkcode answerCalls} when it begins.
 * @param signal Ends functions that have not settled when it is aborted.
 */
export async function listenWhile<Result>(
  keys: readonly number[],
  body: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  listeners++;
  stopping?.resolve();
  if (signal !== undefined) {
    for (const key of keys) {
      signals.set(key, signal);
    }
  }
  try {
    return await recordCaller(keys, body);
  } finally {
    if (signal !== undefined) { for (const key of keys) signals.delete(key); }
    if (--listeners === 0 && isListening && !hasEnded()) {
      stopping = Promise.withResolvers();
      await stopping.promise;
    }
  }
}

/** Makes the calls of work on another thread, from its begin to its end. */
export async function answerWhile<Result>(
  work: () => Promise<Result>,
): Promise<Result> {
  const { pointer } = theHost();
  native.iree_ffi_host_expect(pointer, 1);
  answerCalls();
  try {
    return await work();
  } finally {
    if (!hasEnded()) native.iree_ffi_host_expect(pointer, 0);
  }
}

let isListening = false;

/** Settles when the listener has ended, or is needed again. */
let stopping: PromiseWithResolvers<void> | undefined;

/** Makes the calls of other threads while work that may make any runs there. */
export async function answerCalls(): Promise<void> {
  const { pointer } = theHost();
  if (isListening) return;
  isListening = true;
  for (;;) {
    const ticket = native.iree_ffi_host_hold(pointer);
    if (ticket === 0) break;
    await native.iree_ffi_host_wait(ticket);
    if (hasEnded()) return;
    let id = native.iree_ffi_host_take(pointer, 0);
    while (id !== 0) {
      const isDone = answer(id);
      id = native.iree_ffi_host_take(
        pointer,
        isDone ? NEXT_CALL_MICROSECONDS : 0,
      );
    }
    takeReleased();
  }
  isListening = false;
  stopping?.resolve();
}

/** Makes a call; returns whether it is finished. */
function answer(id: number): boolean {
  const { header, values } = theHost();
  const module = header[1]!;
  const ordinal = header[2]!;
  const state = header[3]!;
  const signal = signals.get(state) ?? signals.get(module);
  const call = { id, ordinal, state, mayWait: true, signal };
  countWaitedFor(1);
  try {
    const target = targetOf(module);
    const pending = runWaitedFor(state, () => target(call, values));
    if (pending === undefined) {
      finish(id, Outcome.returned);
      return true;
    }
    finishLater(id, pending, signal);
    return false;
  } catch (error) {
    finish(id, failCall(id, error));
    return true;
  }
}

/** Finishes a call when its function settles, or its caller gives up. */
function finishLater(
  id: number,
  pending: PendingCall,
  signal: AbortSignal | undefined,
): void {
  let isFinished = false;
  const end = (write: () => void) => {
    signal?.removeEventListener("abort", abort);
    if (isFinished) return;
    isFinished = true;
    if (hasEnded()) return;
    try {
      write();
      finish(id, Outcome.returned);
    } catch (error) {
      finish(id, failCall(id, error));
    } finally {
      pending.end();
    }
  };
  const endWith = (error: unknown) =>
    end(() => {
      throw error;
    });
  const abort = () => endWith(signal!.reason);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  pending.written.then(end, endWith);
}

function finish(id: number, outcome: number): void {
  countWaitedFor(-1);
  if (hasEnded()) return;
  native.iree_ffi_host_finish(theHost().pointer, id, outcome);
}
