import { median } from "./statistics.ts";

/** Maximum number of rounds; more hardly change the medians. */
const MAX_ROUNDS = 40;

/** Number of rounds after which quartiles are meaningful. */
const MIN_ROUNDS = 4;

/** Smaller differences are noise, so the order of candidates decides. */
const TIE = 0.02;

/** Options for a choice. */
export interface ChooseOptions<Candidate = unknown> {
  /** The candidates; of equally fast ones the first is chosen. */
  readonly candidates: readonly Candidate[];
  /** Measures a candidate once: the time of a call; `undefined` if it fails. */
  readonly sample: (
    candidate: Candidate,
  ) => number | undefined | Promise<number | undefined>;
  /** Called between samples; rejects to stop. */
  readonly pause: () => Promise<void>;
  /** Whether the time is over. The first round is always finished. */
  readonly isTimeUp: () => boolean;
  /** Called before each round with the number of remaining candidates. */
  readonly onRound?: ((round: number, left: number) => void) | undefined;
}

/** A candidate's measurements. */
export interface Standing<Candidate> {
  /** The candidate. */
  readonly candidate: Candidate;
  /** Its samples, one per round that it took part in. */
  readonly samples: readonly number[];
}

/**
 * Chooses the fastest candidate. Each round measures all remaining candidates,
 * one after the other, so that other load on the machine slows down all of
 * them. Candidates are compared by their ratios within the rounds, and clear
 * losers are dropped early.
 *
 * @param options The candidates, and how to measure them.
 * @returns All candidates, the chosen one first, without those that failed;
 * rejects with what `sample` or `pause` rejects with.
 */
export async function choose<Candidate>(
  options: ChooseOptions<Candidate>,
): Promise<Standing<Candidate>[]> {
  let left = options.candidates.map((candidate) => ({
    candidate,
    samples: [] as number[],
  }));
  const dropped: typeof left = [];
  for (let round = 0; round < MAX_ROUNDS && !isSettled(left, round); round++) {
    if (round > 0 && options.isTimeUp()) break;
    options.onRound?.(round, left.length);
    // Each round starts with another candidate, since the previous one has an
    // effect.
    const first = round % left.length;
    const samples = [];
    const failed = new Set<unknown>();
    let isComplete = true;
    for (const standing of [...left.slice(first), ...left.slice(0, first)]) {
      const time = await options.sample(standing.candidate);
      if (time === undefined) failed.add(standing);
      else samples.push({ standing, time });
      await options.pause();
      if (round > 0 && options.isTimeUp()) {
        isComplete = samples.length + failed.size === left.length;
        break;
      }
    }
    left = left.filter((it) => !failed.has(it));
    // An incomplete round would compare different moments.
    if (!isComplete) break;
    for (const { standing, time } of samples) standing.samples.push(time);
    const best = bestOf(left);
    const losers = left.filter((it) => isLoser(it.samples, best.samples));
    dropped.unshift(...losers.toSorted(byMedian));
    left = left.filter((it) => !losers.includes(it));
  }
  const chosen = bestOf(left);
  const others = left.filter((it) => it !== chosen).toSorted(byMedian);
  return [chosen, ...others, ...dropped];
}

function isSettled(left: readonly unknown[], round: number): boolean {
  return left.length === 1 && round >= MIN_ROUNDS;
}

function byMedian(
  one: Standing<unknown>,
  other: Standing<unknown>,
): number {
  return median(one.samples) - median(other.samples);
}

/** The first candidate that is as fast as any. */
function bestOf<Some extends Standing<unknown>>(left: readonly Some[]): Some {
  // A round's mean shows the machine's speed at that moment.
  const means = left[0]!.samples.map((_, round) =>
    left.reduce((sum, { samples }) => sum + Math.log(samples[round]!), 0) /
    left.length
  );
  const scores = left.map(({ samples }) =>
    median(samples.map((time, round) => Math.log(time) - means[round]!))
  );
  const limit = Math.min(...scores) + Math.log1p(TIE);
  return left[scores.findIndex((score) => score <= limit)]!;
}

/**
 * Whether a candidate is clearly slower than the best one in the same rounds: by
 * far at first, and after more rounds by a little in most of them.
 */
function isLoser(
  samples: readonly number[],
  best: readonly number[],
): boolean {
  const ratios = samples.map((time, round) => time / best[round]!)
    .toSorted((one, other) => one - other);
  const { length } = ratios;
  // One sample can be disturbed by several times its length.
  if (length === 1) return ratios[0]! > 8;
  if (length < MIN_ROUNDS) return ratios[0]! > 1.7;
  return ratios[Math.floor(length / 4)]! > (length < 10 ? 1.1 : 1.03);
}
