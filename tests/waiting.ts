/**
 * Waiting for conditions, in place of times: what a test expects comes true
 * sooner or later, as busy as the machine may be.
 *
 * @module
 */

import { runtime } from "../mod.ts";

/** Milliseconds after which a condition counts as never coming true. */
const LIMIT = 180_000;

/**
 * Waits until a condition is true. The event loop runs meanwhile.
 *
 * @param condition The condition.
 * @param what Names it, for the failure.
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

/** Waits until so many native allocations are live, or fewer. */
export async function waitUntilLive(allocations = 0): Promise<void> {
  await waitUntil(
    () => runtime.statistics.liveAllocations <= allocations,
    `${allocations} live allocations at most`,
  );
}

/** Waits for several turns of the event loop's timers. */
export async function waitTurns(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
