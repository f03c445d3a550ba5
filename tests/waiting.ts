/**
 * Waits for conditions instead of times: the expected state arrives eventually,
 * however busy the machine is.
 *
 * @module
 */

import { runtime } from "../mod.ts";

/** Milliseconds after which a condition counts as never true. */
const LIMIT = 180_000;

/**
 * Waits until a condition is true. The event loop keeps running.
 *
 * @param condition The condition.
 * @param what The condition's name, for the failure.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const start = performance.now();
  while (!await condition()) {
    if (performance.now() - start > LIMIT) {
      throw new Error(`not true after ${LIMIT / 1000} s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until this many native allocations are live, or fewer. */
export async function waitUntilLive(allocations = 0): Promise<void> {
  await waitUntil(
    () => runtime.statistics.liveAllocations <= allocations,
    `${allocations} live allocations at most`,
  );
}

/**
 * Waits until nothing is live natively, or for 20 seconds. Other threads release
 * what they used when they end. Blocks the event loop, so that the garbage
 * collector releases nothing meanwhile.
 *
 * @returns How many native allocations are live.
 */
export function blockUntilNothingLives(): number {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 2000; tries++) {
    if (runtime.statistics.liveAllocations === 0) break;
    Atomics.wait(pause, 0, 0, 10);
  }
  return runtime.statistics.liveAllocations;
}

/** Waits for several turns of the event loop's timers. */
export async function waitTurns(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
