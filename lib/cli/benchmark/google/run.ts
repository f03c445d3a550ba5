/** Units of time, with how many there are in a second. */
export const TIME_UNITS = { ns: 1e9, us: 1e6, ms: 1e3, s: 1 } as const;

/** A unit of time. */
export type TimeUnit = keyof typeof TIME_UNITS;

/** One line of a report: a measured repetition, or an aggregate of several. */
export interface Run {
  /** The benchmark's name. */
  readonly name: string;
  /** Number of the benchmark, from 0. */
  readonly family: number;
  /** How often the benchmark is repeated. */
  readonly repetitions: number;
  /** Number of the repetition, from 0; `undefined` for an aggregate. */
  readonly repetition: number | undefined;
  /** What was aggregated. */
  readonly aggregate: Aggregate | undefined;
  /** Number of iterations; of an aggregate, of repetitions. */
  readonly iterations: number;
  /** Seconds per iteration; of a percentage, a part. */
  readonly real: number;
  /** The same in CPU time. */
  readonly cpu: number;
  /** The unit in which times are printed. */
  readonly unit: TimeUnit;
  /** Other numbers by name. */
  readonly counters: Readonly<Record<string, number>>;
  /** Why it failed. */
  readonly error: string | undefined;
}

/** A statistic over repetitions. */
export interface Aggregate {
  /** Its name. */
  readonly name: "mean" | "median" | "stddev" | "cv";
  /** Whether it is a time, or a part of one. */
  readonly unit: "time" | "percentage";
}

/** Names of counters that are rates. */
export const RATES: ReadonlySet<string> = new Set(["items_per_second"]);

/** The name that reports print. */
export function reportedName({ name, aggregate }: Run): string {
  return aggregate === undefined ? name : `${name}_${aggregate.name}`;
}

/** A time of a run, in its unit; a part for a percentage. */
export function inUnit(seconds: number, { unit, aggregate }: Run): number {
  return aggregate?.unit === "percentage"
    ? seconds
    : seconds * TIME_UNITS[unit];
}

/**
 * Aggregates the repetitions of a benchmark.
 *
 * @param runs The repetitions.
 * @returns Nothing unless there are at least two, all without a failure.
 */
export function aggregate(runs: readonly Run[]): Run[] {
  const [first] = runs;
  if (first === undefined || runs.length < 2) return [];
  if (runs.some(({ error }) => error !== undefined)) return [];
  return AGGREGATES.map(({ compute, ...statistic }) => ({
    ...first,
    repetition: undefined,
    aggregate: statistic,
    iterations: runs.length,
    real: compute(runs.map(({ real }) => real)),
    cpu: compute(runs.map(({ cpu }) => cpu)),
    counters: Object.fromEntries(
      Object.keys(first.counters).map((
        name,
      ) => [name, compute(runs.map(({ counters }) => counters[name] ?? 0))]),
    ),
  }));
}

const AGGREGATES:
  readonly (Aggregate & { compute(numbers: readonly number[]): number })[] = [
    { name: "mean", unit: "time", compute: mean },
    { name: "median", unit: "time", compute: median },
    { name: "stddev", unit: "time", compute: deviation },
    {
      name: "cv",
      unit: "percentage",
      compute: (numbers) => {
        const middle = mean(numbers);
        return middle === 0 ? 0 : deviation(numbers) / middle;
      },
    },
  ];

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, it) => sum + it, 0) / numbers.length;
}

function median(numbers: readonly number[]): number {
  const ordered = Float64Array.from(numbers).sort();
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1
    ? ordered[middle]!
    : (ordered[middle - 1]! + ordered[middle]!) / 2;
}

function deviation(numbers: readonly number[]): number {
  const middle = mean(numbers);
  const squares = numbers.reduce((sum, it) => sum + (it - middle) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1));
}
