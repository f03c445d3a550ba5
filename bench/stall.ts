/**
 * Measures how long the event loop stalls while a model runs.
 *
 * @module
 */

/** A call of a model and its effect on the event loop. */
export interface Stall {
  /** How long the call took, in milliseconds. */
  duration: number;
  /** The longest time between two ticks of a 1 ms timer during the call. */
  longest: number;
}

/** Runs a model for the given number of turns. */
export type RunModel = (turns: number) => Promise<void>;

/** Side length of the matrix that models multiply by itself. */
export const SIDE = 1024;

/** The matrix; its powers equal the matrix itself. */
export function makeIdentity(): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: SIDE * SIDE },
    (_, i) => i % (SIDE + 1) === 0 ? 1 : 0,
  );
}

/**
 * Measures a run's longest stall: the median of several runs, since other load
 * on the machine lengthens some of them.
 *
 * @param run Runs the model.
 * @param milliseconds The approximate duration of a run.
 * @param runs Number of runs.
 */
export async function measureStall(
  run: RunModel,
  milliseconds: number,
  runs: number,
): Promise<Stall> {
  const turns = await findTurns(run, milliseconds);
  const stalls: Stall[] = [];
  while (stalls.length < runs) stalls.push(await watch(run, turns));
  stalls.sort((a, b) => a.longest - b.longest);
  return stalls[runs >> 1];
}

async function watch(run: RunModel, turns: number): Promise<Stall> {
  let longest = 0;
  const start = performance.now();
  let last = start;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(tick, 1);
  await run(turns);
  tick();
  clearInterval(timer);
  return { duration: last - start, longest };
}

async function findTurns(run: RunModel, milliseconds: number): Promise<number> {
  let turns = 1;
  await run(turns);
  while (true) {
    const start = performance.now();
    await run(turns);
    const duration = performance.now() - start;
    if (duration >= milliseconds / 4) {
      return Math.ceil(turns * milliseconds / duration);
    }
    turns *= 2;
  }
}
