import { Semaphore } from "./semaphore.ts";

/**
 * Native functions that run on Deno's other threads: at most half of them at a
 * time. Files and name look-ups run there too, and would wait for calls to end.
 */
const threads = new Semaphore(
  Deno.build.os === "windows" ? 2 * navigator.hardwareConcurrency : 16,
);

/**
 * Runs a native function on another thread, in turn.
 *
 * @param start Starts it.
 * @returns Its result.
 */
export async function runElsewhere<T>(start: () => Promise<T>): Promise<T> {
  const turn = threads.acquire();
  if (turn !== undefined) await turn;
  try {
    return await start();
  } finally {
    threads.release();
  }
}
