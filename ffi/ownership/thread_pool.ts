/**
 * How many native functions at a time run on Deno's other threads: half of them.
 * They are for files and addresses too, which would wait for calls to end.
 */
const MAX_RUNNING = Deno.build.os === "windows"
  ? 2 * navigator.hardwareConcurrency
  : 16;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs a native function on another thread, when it is its turn.
 *
 * @param start Starts it.
 * @returns What it gives.
 */
export async function runElsewhere<T>(start: () => Promise<T>): Promise<T> {
  if (running < MAX_RUNNING) {
    running++;
  } else {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    await promise;
  }
  try {
    return await start();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}
