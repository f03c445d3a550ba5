import type { Histogram } from "./histogram.ts";
import type { BatchCount } from "./model_statistics.ts";
import type { ServedModel } from "./served_model.ts";

/** A number of requests, and their time. */
export interface Duration {
  readonly count: number;
  readonly ns: number;
}

/** Times of requests by their part. */
export interface InferenceDurations {
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly compute_input: Duration;
  readonly compute_infer: Duration;
  readonly compute_output: Duration;
  readonly cache_hit: Duration;
  readonly cache_miss: Duration;
}

/** Times of the calls with one number of rows. */
export interface BatchDurations {
  readonly batch_size: number;
  readonly compute_input: Duration;
  readonly compute_infer: Duration;
  readonly compute_output: Duration;
}

/** Counts of one version of a model. */
export interface ModelCounts {
  readonly name: string;
  readonly version: string;
  readonly last_inference: number;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: InferenceDurations;
  readonly batch_stats: readonly BatchDurations[];
}

/** Counts of models. */
export interface StatisticsJson {
  readonly model_stats: readonly ModelCounts[];
}

/**
 * Describes the statistics of models as Triton's statistics extension does.
 *
 * @param models The models.
 */
export function statisticsJson(models: readonly ServedModel[]): StatisticsJson {
  return { model_stats: models.map(modelJson) };
}

function modelJson({ name, version, statistics }: ServedModel): ModelCounts {
  const { request, queue, compute } = statistics;
  return {
    name,
    version,
    last_inference: statistics.lastRequest,
    inference_count: statistics.inferences,
    execution_count: Math.round(statistics.executions),
    inference_stats: {
      success: durations(request),
      fail: {
        count: statistics.failureCount,
        ns: nanoseconds(statistics.failureSeconds),
      },
      queue: durations(queue),
      compute_input: { count: compute.count, ns: 0 },
      compute_infer: durations(compute),
      compute_output: { count: compute.count, ns: 0 },
      cache_hit: { count: 0, ns: 0 },
      cache_miss: { count: 0, ns: 0 },
    },
    batch_stats: [...statistics.batches]
      .toSorted(([one], [other]) => one - other)
      .map(batchJson),
  };
}

function batchJson(
  [rows, { calls, seconds }]: [number, BatchCount],
): BatchDurations {
  const count = Math.round(calls);
  return {
    batch_size: rows,
    compute_input: { count, ns: 0 },
    compute_infer: { count, ns: nanoseconds(seconds) },
    compute_output: { count, ns: 0 },
  };
}

function durations({ count, sum }: Histogram): Duration {
  return { count, ns: nanoseconds(sum) };
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
