import type { Clock } from "../../../benchmark/mod.ts";
import { aggregate, type Run, type TimeUnit } from "./run.ts";

/** A benchmark as Google's library runs it. */
export interface Benchmark {
  /** Its name. */
  readonly name: string;
  /** How many iterations one batch is. */
  readonly batchSize: number;
  /** The unit of its times. */
  readonly unit: TimeUnit;
  /**
   * Runs batches.
   *
   * @param count How many.
   * @returns A promise if the work is asynchronous, or seconds if the benchmark
   * measures them itself.
   */
  run(count: number): void | number | Promise<void>;
  /**
   * Called after a repetition was measured, to do it again with a profiler.
   *
   * @param batches How many batches the repetition had.
   * @returns The rows of the profile so far.
   */
  profile?(batches: number): Promise<readonly ProfiledFunction[]>;
}

/** A function of an executable, in the profile of a benchmark. */
export interface ProfiledFunction {
  /** Its name. */
  readonly name: string;
  /** How often it was dispatched per iteration. */
  readonly calls: number;
  /** Its part of the time of all, in percent. */
  readonly percent: number;
  /** Seconds per iteration. */
  readonly real: number;
  /** Seconds per iteration, summed over all workers. */
  readonly cpu: number;
  /** Iterations that were profiled. */
  readonly iterations: number;
}

/** How much is measured. */
export interface RunnerOptions {
  /** Seconds that a repetition takes at least, or how many iterations it has. */
  readonly effort: { readonly seconds: number } | {
    readonly iterations: number;
  };
  /** Seconds before the first repetition. */
  readonly warmUpSeconds: number;
  /** How often each benchmark is measured. */
  readonly repetitions: number;
  /** Whether the repetitions of all benchmarks are measured in random order. */
  readonly isShuffled: boolean;
  /** Reads the time. */
  readonly clock: Clock;
  /** Returns a number from 0 up to, but not including, 1. */
  readonly random: () => number;
}

/** Most iterations. */
const MAX_ITERATIONS = 1_000_000_000;

/** What is known of one benchmark. */
interface Progress {
  readonly benchmark: Benchmark;
  readonly family: number;
  readonly runs: Run[];
  iterations: number;
  functions: readonly ProfiledFunction[];
}

/** A measured number of iterations. */
interface Timing {
  readonly iterations: number;
  readonly batches: number;
  readonly real: number;
  readonly cpu: number;
}

/**
 * Measures benchmarks as Google Benchmark does: finds the number of iterations
 * that takes long enough, and keeps it for all repetitions.
 *
 * @param benchmarks The benchmarks.
 * @param options How much is measured.
 * @param report Receives the runs of each benchmark, once it is finished.
 * @returns The first failure.
 */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  options: RunnerOptions,
  report: (runs: readonly Run[], benchmark: Benchmark) => void,
): Promise<unknown> {
  const all = benchmarks.map((benchmark, family): Progress => ({
    benchmark,
    family,
    runs: [],
    iterations: 0,
    functions: [],
  }));
  const turns = all.flatMap((it) => Array(options.repetitions).fill(it));
  if (options.isShuffled) shuffle(turns, options.random);
  let failure: unknown;
  for (const progress of turns as Progress[]) {
    try {
      if (failure !== undefined) throw new Skipped();
      progress.runs.push(await runRepetition(progress, options));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!(error instanceof Skipped)) failure ??= error;
      progress.runs.push(failedRun(progress, options, error));
    }
    if (progress.runs.length === options.repetitions) {
      const { runs } = progress;
      report([
        ...runs,
        ...aggregate(runs),
        ...progress.functions.map((it) => functionRun(progress, it)),
      ], progress.benchmark);
    }
  }
  return failure;
}

/** After a failure, the benchmarks that follow are not measured. */
class Skipped extends Error {
  constructor() {
    super("an earlier benchmark or capture failed");
  }
}

async function runRepetition(
  progress: Progress,
  options: RunnerOptions,
): Promise<Run> {
  const { benchmark, family, runs } = progress;
  const { repetitions } = options;
  const timing = runs.length === 0
    ? await measureFirst(progress, options)
    : await measure(benchmark, progress.iterations, options.clock);
  if (benchmark.profile !== undefined) {
    progress.functions = await benchmark.profile(timing.batches);
  }
  return {
    name: benchmark.name,
    family,
    repetitions,
    repetition: runs.length,
    aggregate: undefined,
    iterations: timing.iterations,
    real: timing.real / timing.iterations,
    cpu: timing.cpu / timing.iterations,
    unit: benchmark.unit,
    counters: { items_per_second: timing.iterations / timing.real },
    error: undefined,
  };
}

/** Warms up, and finds how many iterations repetitions have. */
async function measureFirst(
  progress: Progress,
  { warmUpSeconds, effort, clock }: RunnerOptions,
): Promise<Timing> {
  const { benchmark } = progress;
  if (warmUpSeconds > 0) await measureUntil(benchmark, warmUpSeconds, clock);
  const timing = "iterations" in effort
    ? await measure(benchmark, effort.iterations, clock)
    : await measureUntil(benchmark, effort.seconds, clock);
  progress.iterations = timing.iterations;
  return timing;
}

/** Measures ever more iterations, until they take long enough. */
async function measureUntil(
  benchmark: Benchmark,
  seconds: number,
  clock: Clock,
): Promise<Timing> {
  for (let iterations = 1;;) {
    const timing = await measure(benchmark, iterations, clock);
    if (timing.real >= seconds || iterations >= MAX_ITERATIONS) return timing;
    // Short runs do not say how long others take.
    const isSignificant = timing.real / seconds > 0.1;
    const multiplier = isSignificant
      ? seconds * 1.4 / Math.max(timing.real, 1e-9)
      : 10;
    iterations = Math.min(
      MAX_ITERATIONS,
      Math.round(Math.max(multiplier * timing.iterations, iterations + 1)),
    );
  }
}

async function measure(
  { batchSize, run }: Benchmark,
  iterations: number,
  clock: Clock,
): Promise<Timing> {
  const batches = Math.ceil(iterations / batchSize);
  const cpu = clock.cpu();
  const start = clock.now();
  const work = run(batches);
  if (typeof work === "object") await work;
  const real = typeof work === "number" ? work : (clock.now() - start) / 1000;
  return {
    iterations: batches * batchSize,
    batches,
    real,
    cpu: (clock.cpu() - cpu) / 1000,
  };
}

function failedRun(
  { benchmark, family, runs }: Progress,
  { repetitions }: RunnerOptions,
  error: Error,
): Run {
  return {
    name: benchmark.name,
    family,
    repetitions,
    repetition: runs.length,
    aggregate: undefined,
    iterations: 0,
    real: 0,
    cpu: 0,
    unit: benchmark.unit,
    counters: {},
    // The rest is hints.
    error: error.message.split("\n")[0],
  };
}

function functionRun(
  { benchmark, family }: Progress,
  { name, calls, percent, ...times }: ProfiledFunction,
): Run {
  return {
    name: `${benchmark.name.replace(/\/.*/, "")}/${name}`,
    family,
    repetitions: 1,
    repetition: 0,
    aggregate: undefined,
    ...times,
    unit: benchmark.unit,
    counters: { calls, percent },
    error: undefined,
  };
}

/** Fisher and Yates' way. */
function shuffle<T>(all: T[], random: () => number): void {
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
}
