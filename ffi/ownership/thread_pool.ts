import { hasEnded } from "../library/library.ts";
import { Semaphore } from "./semaphore.ts";

/**
 * Native functions that run on Deno's other threads: at most half of them at a
 * time. Files and name look-ups run there too, and would wait for calls to end.
 */
const threads = new Semaphore(
  Deno.build.os === "windows" ? 2 * navigator.hardwareConcurrency : 16,
);

/** What a call that outlives its program returns. */
const forever = new Promise<never>(() => {});

/**
 * Runs a native function on another thread, in turn.
 *
 * @param start Starts it.
 * @returns Its result; never settles if the program was unloaded meanwhile,
 * which must not fail by calls that it did not wait for.
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
