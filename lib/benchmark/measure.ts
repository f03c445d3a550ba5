import process from "node:process";
import { type Measurement, summarize } from "./measurement.ts";
import type { ReadBenchmarkOptions } from "./options.ts";
import { type Sample, Sampler } from "./sampler.ts";
import type { Subject } from "./subject.ts";
import { warmUp } from "./warm_up.ts";

/** Fewest rounds: fewer say nothing about how times vary. */
const MIN_ROUNDS = 5;

/** Most rounds. */
const MAX_ROUNDS = 100_000;

/** How long the event loop waits at most, in milliseconds. */
const TURN = 50;

const { resourceUsage } = process;

/**
 * Measures subjects in turns, round after round, so that other load on the
 * machine affects all of them alike.
 *
 * @param subjects The subjects.
 * @param options How much to measure.
 * @returns A measurement of each subject, in the same order.
 */
export async function measure(
  subjects: readonly Subject[],
  options: ReadBenchmarkOptions,
): Promise<Measurement[]> {
  const { clock, signal } = options;
  let turnStart = clock.now();
  const pause = async () => {
    if (clock.now() - turnStart < TURN) return;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    turnStart = clock.now();
  };
  signal?.throwIfAborted();
  const entries = [];
  for (const subject of subjects) {
    const sampler = new Sampler(subject, clock);
    const warm = await warmUp(
      sampler,
      options.sampleMilliseconds,
      1000 * options.warmUpSeconds,
    );
    entries.push({ subject, sampler, warmUp: warm, samples: [] as Sample[] });
    await pause();
  }
  const end = clock.now() + 1000 * options.seconds * subjects.length;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (round >= MIN_ROUNDS && clock.now() >= end) break;
    for (const { sampler, samples } of inTurn(entries, round)) {
      samples.push(await sampler.sample());
    }
    await pause();
  }
  // In KiB.
  const processBytesPeak = 1024 * resourceUsage().maxRSS;
  return entries.map(({ subject, sampler, samples, warmUp }) =>
    summarize(subject, samples, {
      callsPerSample: sampler.callsPerSample,
      warmUp,
      processBytesPeak,
    })
  );
}

/** Each one sometimes comes first, and runs before and after its neighbours. */
function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  const start = (round >> 1) % all.length;
  const turned = [...all.slice(start), ...all.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}
