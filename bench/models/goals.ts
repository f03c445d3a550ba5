import { type Outcome, times, TOLERANCE } from "../goals.ts";
import { type Summary, uncertainty } from "../statistics.ts";
import { THREADS, type Threads } from "./catalog.ts";
import type { ModelRow, ModelsResult } from "./result.ts";

/** The largest geometric mean of models from packages, by threads. */
const MEANS: Readonly<Record<Threads, number>> = { "1": 1.2, all: 1.3 };

/** The largest geometric mean of synthetic models. */
const SYNTHETIC = 1;

/** The largest ratio of any model. */
const WORST = 1.7;

interface Measured extends ModelRow {
  readonly ratio: Summary;
}

/**
 * Compares models with the goals.
 *
 * @param result The measurements.
 * @returns Outcomes of the models that were compared with onnxruntime-node.
 */
export function judgeModels({ rows, origin }: ModelsResult): Outcome[] {
  const { rounds } = origin;
  const measured = rows.filter((it): it is Measured => it.ratio !== undefined);
  const outcomes: Outcome[] = [];
  const demand = (title: string, rows: readonly Measured[], limit: number) => {
    if (rows.length === 0) return;
    const mean = geometricMean(rows.map(({ ratio }) => ratio.median));
    // Errors of the models do not add up, and so the mean has a smaller one.
    const noise = Math.hypot(
      ...rows.map(({ ratio }) => uncertainty(ratio, rounds) / ratio.median),
    ) / rows.length * mean;
    outcomes.push(outcome(title, mean, limit, noise));
  };
  for (const threads of THREADS) {
    const some = measured.filter((it) => it.threads === threads);
    demand(
      `models of packages, ${describeThreads(threads)}, geometric mean`,
      some.filter((it) => !it.isSynthetic),
      MEANS[threads],
    );
    demand(
      `synthetic models, ${describeThreads(threads)}, geometric mean`,
      some.filter((it) => it.isSynthetic),
      SYNTHETIC,
    );
  }
  for (const { model, threads, ratio } of measured) {
    const title = `${model}, ${describeThreads(threads)}`;
    const noise = uncertainty(ratio, rounds);
    outcomes.push(outcome(title, ratio.median, WORST, noise));
  }
  return outcomes;
}

/** Describes a number of threads. */
export function describeThreads(threads: Threads): string {
  return threads === "1" ? "1 thread" : "all threads";
}

/** The geometric mean of numbers. */
export function geometricMean(numbers: readonly number[]): number {
  const sum = numbers.reduce((sum, it) => sum + Math.log(it), 0);
  return Math.exp(sum / numbers.length);
}

function outcome(
  title: string,
  value: number,
  limit: number,
  noise: number,
): Outcome {
  return {
    title,
    text: `at most ${times(limit)} onnxruntime-node: ${times(value)}`,
    reached: value <= limit,
    tolerated: value - noise - TOLERANCE * limit <= limit,
  };
}
