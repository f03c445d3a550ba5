import { IreeError } from "../base/error.ts";
import type { Sampler } from "./sampler.ts";
import { percentile, sorted } from "./statistics.ts";

/** The part of a benchmark before its samples count. */
export interface WarmUp {
  /** How many calls it took. */
  readonly calls: number;
  /** How long it took, in milliseconds. */
  readonly milliseconds: number;
  /** Whether the time of a call had stopped falling when it ended. */
  readonly isSteady: boolean;
}

/** How many samples are compared with as many before them. */
const WINDOW = 8;

/** A window is faster than the one before below this part of its median. */
const FASTER = 0.98;

/** Most calls of a sample. */
const MAX_CALLS = 1_000_000;

/** Calls during which a clock must advance. */
const STANDSTILL_CALLS = 10_000;

/** How many windows must not be faster. */
const STEADY_WINDOWS = 2;

/**
 * Finds the number of calls of a sample, and calls until the time of a call
 * stops falling: caches are filled, code is compiled, clocks are up.
 *
 * @param sampler The sampler; its number of calls is set.
 * @param sampleTime How long a sample takes at least, in milliseconds.
 * @param limit When to give up, in milliseconds.
 */
export async function warmUp(
  sampler: Sampler,
  sampleTime: number,
  limit: number,
): Promise<WarmUp> {
  const start = sampler.clock.now();
  const elapsed = () => sampler.clock.now() - start;
  let calls = await findCallCount(sampler, sampleTime, limit);
  let before = Infinity;
  let steadyWindows = 0;
  while (steadyWindows < STEADY_WINDOWS && elapsed() < limit) {
    const samples: number[] = [];
    while (samples.length < WINDOW && elapsed() < limit) {
      samples.push((await sampler.sample()).milliseconds);
      calls += sampler.callsPerSample;
    }
    const median = percentile(sorted(samples), 50);
    steadyWindows = median < FASTER * before ? 0 : steadyWindows + 1;
    before = median;
  }
  return {
    calls,
    milliseconds: elapsed(),
    isSteady: steadyWindows >= STEADY_WINDOWS,
  };
}

/** Returns how many calls it took. */
async function findCallCount(
  sampler: Sampler,
  sampleTime: number,
  limit: number,
): Promise<number> {
  const start = sampler.clock.now();
  let calls = 0;
  for (;;) {
    // One of them may have been interrupted, and the first is always slow.
    const { milliseconds: one } = await sampler.sample();
    const { milliseconds: other } = await sampler.sample();
    calls += 2 * sampler.callsPerSample;
    demandTime(sampler, start);
    const time = Math.min(one, other) * sampler.callsPerSample;
    if (
      time >= sampleTime || sampler.clock.now() - start >= limit ||
      sampler.callsPerSample >= MAX_CALLS
    ) return calls;
    const factor = Math.min(10, Math.max(2, sampleTime / time));
    sampler.callsPerSample = Math.ceil(sampler.callsPerSample * factor);
  }
}

/** With a clock that stands still, a benchmark would never end. */
function demandTime({ clock, callsPerSample }: Sampler, start: number): void {
  if (clock.now() > start || callsPerSample < STANDSTILL_CALLS) return;
  throw new IreeError(
    "FAILED_PRECONDITION",
    `clock.now must advance, but returned ${start} before and after ` +
      `${callsPerSample} calls`,
  );
}
