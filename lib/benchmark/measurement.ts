import type { Sample } from "./sampler.ts";
import {
  deviation,
  histogram,
  type HistogramBar,
  type Interval,
  mean,
  medianInterval,
  percentile,
  sorted,
} from "./statistics.ts";
import type { Subject } from "./subject.ts";
import type { WarmUp } from "./warm_up.ts";

/** Percentiles of the time of a call, in milliseconds. */
export interface Percentiles {
  /** The median. */
  readonly p50: number;
  /** Three quarters of the samples are at most this. */
  readonly p75: number;
  /** Nine tenths of the samples are at most this. */
  readonly p90: number;
  /** 95 of 100 samples are at most this. */
  readonly p95: number;
  /** 99 of 100 samples are at most this. */
  readonly p99: number;
}

/** The largest amounts of memory in use, in bytes. */
export interface PeakMemory {
  /**
   * Memory of the subject's devices, host and device memory together, since
   * they were created; `undefined` if its devices are unknown.
   */
  readonly devices: number | undefined;
  /** Memory of the whole process, since it started. */
  readonly process: number;
}

/** The time of one subject's calls, in milliseconds per call. */
export interface Measurement {
  /** Name of the subject. */
  readonly name: string;
  /** The median. */
  readonly median: number;
  /** The 95% confidence interval of the median. */
  readonly interval: Interval;
  /** The mean. */
  readonly mean: number;
  /** The standard deviation. */
  readonly deviation: number;
  /** The smallest sample. */
  readonly min: number;
  /** The largest sample. */
  readonly max: number;
  /** Percentiles. */
  readonly percentiles: Percentiles;
  /** How the samples are distributed. */
  readonly histogram: readonly HistogramBar[];
  /** The mean CPU time of a call, of all threads. */
  readonly cpu: number;
  /** Calls per second, at the median. */
  readonly callsPerSecond: number;
  /** How many calls make a sample: a sample is their mean. */
  readonly callsPerSample: number;
  /** The samples, in the order in which they were measured. */
  readonly samples: readonly number[];
  /** The warm-up before them. */
  readonly warmUp: WarmUp;
  /** The peak of memory. */
  readonly memory: PeakMemory;
}

/** Bars of a histogram. */
const BAR_COUNT = 20;

/**
 * Summarizes samples.
 *
 * @param subject What was measured.
 * @param samples The samples, at least one.
 * @param facts What else is known.
 */
export function summarize(
  subject: Subject,
  samples: readonly Sample[],
  facts: Pick<Measurement, "callsPerSample" | "warmUp"> & {
    /** Peak of the process's memory. */
    readonly processBytesPeak: number;
  },
): Measurement {
  const times = samples.map(({ milliseconds }) => milliseconds);
  const ordered = sorted(times);
  const [p50 = 0, p75 = 0, p90 = 0, p95 = 0, p99 = 0] = [50, 75, 90, 95, 99]
    .map((percent) => percentile(ordered, percent));
  return {
    name: subject.name,
    median: p50,
    interval: medianInterval(ordered),
    mean: mean(times),
    deviation: deviation(times),
    min: ordered[0]!,
    max: ordered[ordered.length - 1]!,
    percentiles: { p50, p75, p90, p95, p99 },
    histogram: histogram(ordered, BAR_COUNT),
    cpu: mean(samples.map(({ cpu }) => cpu)),
    callsPerSecond: 1000 / p50,
    callsPerSample: facts.callsPerSample,
    samples: times,
    warmUp: facts.warmUp,
    memory: {
      devices: subject.deviceBytesPeak?.(),
      process: facts.processBytesPeak,
    },
  };
}

/**
 * Compares two subjects that were measured in the same rounds.
 *
 * @param base The one to compare with.
 * @param other The other one.
 * @returns The other's time divided by the base's: the median over the rounds
 * and its 95% confidence interval. Below 1, the other one is faster.
 */
export function compareMeasurements(
  base: Measurement,
  other: Measurement,
): Ratio {
  const count = Math.min(base.samples.length, other.samples.length);
  const ratios = sorted(Array.from(
    { length: count },
    (_, round) => other.samples[round]! / base.samples[round]!,
  ));
  const interval = medianInterval(ratios);
  return {
    median: percentile(ratios, 50),
    interval,
    isClear: interval.low > 1 || interval.high < 1,
  };
}

/** The time of a subject, divided by that of another one. */
export interface Ratio {
  /** The median over the rounds. */
  readonly median: number;
  /** The 95% confidence interval of the median. */
  readonly interval: Interval;
  /** Whether the interval excludes 1, so that one of them is faster. */
  readonly isClear: boolean;
}
