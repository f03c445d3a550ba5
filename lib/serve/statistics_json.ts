import type { Histogram } from "./histogram.ts";
import type { ServedModel } from "./served_model.ts";

/**
 * Describes the statistics of models as Triton's statistics extension does.
 *
 * @param models The models.
 */
export function statisticsJson(models: readonly ServedModel[]): object {
  return { model_stats: models.map(modelJson) };
}

function modelJson({ name, version, statistics }: ServedModel): object {
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
    batch_stats: [],
  };
}

function durations({ count, sum }: Histogram): object {
  return { count, ns: nanoseconds(sum) };
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
