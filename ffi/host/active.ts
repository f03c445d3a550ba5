/**
 * The host functions that run, by the state of their module in a context: a
 * context cannot be called from inside its own call.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";

const NOTHING: readonly number[] = [];

// On the isolate's thread, inside a blocking call.
const entered: number[] = [];

// In the continuations of functions that another thread waits for.
const waitedFor = new AsyncLocalStorage<readonly number[]>();
let waitedForCount = 0;

/** Records that a function began on this thread. */
export function enterState(state: number): void {
  entered.push(state);
}

/** Records that the last function ended. */
export function leaveState(): void {
  entered.pop();
}

/** Runs a function that another thread waits for. */
export function runWaitedFor<Result>(
  state: number,
  body: () => Result,
): Result {
  const states = waitedFor.getStore() ?? NOTHING;
  return waitedFor.run([...states, state], body);
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
  const inside = waitedFor.getStore();
  return inside !== undefined && states.some((it) => inside.includes(it));
}
