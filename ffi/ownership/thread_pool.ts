import { hasEnded } from "../library/library.ts";
import { Semaphore } from "./semaphore.ts";

/**
 * Native functions on Deno's other threads: at most half of the threads at a
 * time. File access and name resolution also run there, and would wait for
 * calls to end.
 */
const threads = new Semaphore(
  Deno.build.os === "windows" ? 2 * navigator.hardwareConcurrency : 16,
);

/** Returned for a call that outlives its program. */
const forever = new Promise<never>(() => {});

/**
 * Runs a native function on another thread, in order.
 *
 * @param start Starts it.
 * @returns Its result; never settles if the program was unloaded meanwhile,
 * since calls that a program did not await must not make it fail.
 */
export async function runElsewhere<T>(start: () => Promise<T>): Promise<T> {
  const turn = threads.acquire();
  if (turn !== undefined) await turn;
  if (hasEnded()) return await forever;
  try {
    const result = await start();
    return hasEnded() ? await forever : result;
  } finally {
    threads.release();
  }
}
