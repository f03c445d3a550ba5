/**
 * The host functions that run, by the state of their module in a context: a
 * context cannot be called from inside its own call.
 *
 * @module
 */

import type { AsyncLocalStorage } from "node:async_hooks";
import type Process from "node:process";

const NOTHING: readonly number[] = [];

// On the isolate's thread, inside a blocking call.
const entered: number[] = [];

// In the continuations of functions that another thread waits for. Made for the
// first of them: importing Node's module takes longer than the whole core.
let waitedFor: AsyncLocalStorage<readonly number[]> | undefined;
let waitedForCount = 0;

function makeStorage(): AsyncLocalStorage<readonly number[]> {
  const { process } = globalThis as unknown as { process: typeof Process };
  const hooks = process.getBuiltinModule("node:async_hooks");
  return new hooks.AsyncLocalStorage();
}

/** Records that a function began on this thread. */
export function enterState(state: number): void {
  entered.push(state);
}

/** Records that the last function ended. */
export function leaveState(): void {
  entered.pop();
}

const delayed: (() => void)[] = [];

/**
 * Delays what would release a call that made the running function.
 *
 * @returns Whether it is delayed; not if no function runs.
 */
export function delayWhileEntered(release: () => void): boolean {
  if (entered.length === 0) return false;
  delayed.push(release);
  return true;
}

/** Releases what was delayed, once no call on this thread is left. */
export function releaseDelayed(): void {
  if (delayed.length === 0 || entered.length > 0) return;
  while (delayed.length > 0) delayed.pop()!();
}

// For the states of contexts with a call on another thread: inside of which
// functions the call was made.
const callers = new Map<number, readonly number[]>();

/**
 * Records where a call on another thread is made, until it ends.
 *
 * @param states States of the called context.
 * @param body The call.
 */
export async function recordCaller<Result>(
  states: readonly number[],
  body: () => Promise<Result>,
): Promise<Result> {
  const inside = waitedFor?.getStore();
  if (inside === undefined) return await body();
  for (const state of states) callers.set(state, inside);
  try {
    return await body();
  } finally {
    for (const state of states) callers.delete(state);
  }
}

/** Runs a function that another thread waits for. */
export function runWaitedFor<Result>(
  state: number,
  body: () => Result,
): Result {
  waitedFor ??= makeStorage();
  return waitedFor.run([...callers.get(state) ?? NOTHING, state], body);
}

/** Records how many functions other threads wait for. */
export function countWaitedFor(change: 1 | -1): void {
  waitedForCount += change;
}

/** Whether this runs inside a function that was called by one of the states. */
export function isInside(states: readonly number[]): boolean {
  if (states.length === 0) return false;
  if (entered.length > 0 && states.some((it) => entered.includes(it))) {
    return true;
  }
  if (waitedForCount === 0) return false;
  const inside = waitedFor?.getStore();
  return inside !== undefined && states.some((it) => inside.includes(it));
}

// Fences that functions have not signaled, by the state of their module.
const unsettled = new Map<number, number>();

/** Records that a function owes a fence, or no longer does. */
export function countFences(state: number, change: 1 | -1): void {
  countWaitedFor(change);
  const count = (unsettled.get(state) ?? 0) + change;
  if (count === 0) unsettled.delete(state);
  else unsettled.set(state, count);
}

/** Whether functions that the states belong to owe fences. */
export function oweFences(states: readonly number[]): boolean {
  return unsettled.size > 0 && states.some((it) => unsettled.has(it));
}
