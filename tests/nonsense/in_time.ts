/**
 * Promises that never settle, told from those that take their time.
 *
 * @module
 */

import { isRunnable } from "../mutations/process.ts";

/** Thrown for a promise that does not settle. */
export class Stuck extends Error {}

/** Milliseconds between two looks at the threads of this process. */
const LOOK = 5;

/** After so many looks at idle threads, nothing settles the promise any more. */
const IDLE_LOOKS = 8;

/** After so many looks, the threads work without an end. */
const MOST_LOOKS = 2000;

/**
 * Waits for a promise while another thread of this process works, however long
 * a busy machine delays it.
 *
 * @param promise The promise.
 * @returns Its value. Throws {@linkcode Stuck} if it does not settle.
 */
export async function inTime(promise: Promise<unknown>): Promise<unknown> {
  const settled = { yet: false };
  try {
    return await Promise.race([promise, untilIdle(settled)]);
  } finally {
    settled.yet = true;
  }
}

async function untilIdle(settled: { readonly yet: boolean }): Promise<void> {
  let idle = 0;
  for (let looks = 0; idle < IDLE_LOOKS && looks < MOST_LOOKS; looks++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    if (settled.yet) return;
    idle = isRunnable(Deno.pid, true) ? 0 : idle + 1;
  }
  throw new Stuck();
}
