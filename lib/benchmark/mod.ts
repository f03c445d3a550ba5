/**
 * Benchmarks: how long calls take, with confidence intervals, percentiles and a
 * warm-up found by measurement, as `iree benchmark` prints them.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { benchmark } from "@iree/runtime/benchmark";
 *
 * const { median, interval, percentiles } = await benchmark(
 *   (text: string) => JSON.parse(text),
 *   ["[1, 2, 3]"],
 *   { seconds: 0.01 },
 * );
 * assert(interval.low <= median && median <= percentiles.p99);
 * ```
 *
 * @module
 */

export {
  benchmark,
  compare,
  type ComparedMeasurement,
  compareSubjects,
  type Work,
} from "./benchmark.ts";
export { chartMeasurements } from "./chart.ts";
export { type Clock, SYSTEM_CLOCK } from "./clock.ts";
export type {
  Measurement,
  PeakMemory,
  Percentiles,
  Ratio,
} from "./measurement.ts";
export type { BenchmarkOptions } from "./options.ts";
export type { HistogramBar, Interval } from "./statistics.ts";
export type { Subject } from "./subject.ts";
export { formatTime } from "./time_text.ts";
export type { WarmUp } from "./warm_up.ts";
