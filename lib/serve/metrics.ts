import { readStatistics } from "../../ffi/instance.ts";
import type { ServerState } from "./server_state.ts";
import type { Histogram } from "./histogram.ts";
import type { ServedModel } from "./served_model.ts";

/** A sample: its labels and its value. */
type Sample = readonly [
  labels: Readonly<Record<string, string | number>>,
  value: number,
];

/**
 * Formats the metrics of a server in Prometheus' text format.
 *
 * @param models The models.
 * @param server Counts of its responses.
 */
export function formatMetrics(
  models: readonly ServedModel[],
  { responses, answers }: Pick<ServerState, "responses" | "answers">,
): string {
  const { liveAllocations, liveBytes } = readStatistics();
  const counter = (name: string, help: string, samples: readonly Sample[]) =>
    formatFamily(name, "counter", help, samples);
  const gauge = (name: string, help: string, samples: readonly Sample[]) =>
    formatFamily(name, "gauge", help, samples);
  const perModel = (value: (model: ServedModel) => number): Sample[] =>
    models.map((model) => [labelsOf(model), value(model)]);
  const histogram = (
    name: string,
    help: string,
    select: (model: ServedModel) => Histogram,
  ) => formatHistograms(name, help, models, select);
  return [
    counter(
      "iree_http_requests_total",
      "HTTP responses by status code.",
      [...responses].map(([status, count]) => [{ status }, count]),
    ),
    counter(
      "iree_grpc_requests_total",
      "gRPC responses by status code.",
      [...answers].map(([code, count]) => [{ code }, count]),
    ),
    counter(
      "iree_inference_requests_total",
      "Inference requests that were answered, including failures.",
      perModel(({ statistics }) =>
        statistics.request.count + statistics.failureCount
      ),
    ),
    counter(
      "iree_inference_request_failures_total",
      "Inference requests that failed, by HTTP status code.",
      models.flatMap((model) =>
        [...model.statistics.failures].map(([status, count]): Sample => [
          { ...labelsOf(model), status },
          count,
        ])
      ),
    ),
    counter(
      "iree_inference_rows_total",
      "Rows computed.",
      perModel((it) => it.statistics.inferences),
    ),
    counter(
      "iree_inference_executions_total",
      "Program calls.",
      perModel((it) => Math.round(it.statistics.executions)),
    ),
    histogram(
      "iree_inference_request_duration_seconds",
      "Time from a request's arrival to its response.",
      (it) => it.statistics.request,
    ),
    histogram(
      "iree_inference_queue_duration_seconds",
      "Time that requests waited in the queue.",
      (it) => it.statistics.queue,
    ),
    histogram(
      "iree_inference_compute_duration_seconds",
      "Duration of a request's call.",
      (it) => it.statistics.compute,
    ),
    histogram(
      "iree_inference_batch_size",
      "Rows in a request's call.",
      (it) => it.statistics.rows,
    ),
    gauge(
      "iree_inference_queue_length",
      "Requests in the queue.",
      perModel((it) => it.runner.waiting),
    ),
    gauge("iree_model_ready", "Models that are served.", perModel(() => 1)),
    gauge(
      "iree_native_allocations",
      "Live native allocations.",
      [[{}, liveAllocations]],
    ),
    gauge(
      "iree_native_bytes",
      "Bytes in live native allocations.",
      [[{}, liveBytes]],
    ),
    gauge(
      "process_resident_memory_bytes",
      "Resident memory.",
      [[{}, Deno.memoryUsage().rss]],
    ),
  ].join("");
}

function formatHistograms(
  name: string,
  help: string,
  models: readonly ServedModel[],
  select: (model: ServedModel) => Histogram,
): string {
  const lines = models.flatMap((model) => {
    const histogram = select(model);
    const labels = labelsOf(model);
    const buckets = [...histogram.buckets()].map(([le, count]) =>
      formatSample(`${name}_bucket`, [{ ...labels, le }, count])
    );
    return [
      ...buckets,
      formatSample(`${name}_sum`, [labels, histogram.sum]),
      formatSample(`${name}_count`, [labels, histogram.count]),
    ];
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join("")}`;
}

function formatFamily(
  name: string,
  type: "counter" | "gauge",
  help: string,
  samples: readonly Sample[],
): string {
  const lines = samples.map((sample) => formatSample(name, sample));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function formatSample(name: string, [labels, value]: Sample): string {
  const pairs = Object.entries(labels).map(([label, it]) =>
    `${label}="${escapeLabel(`${it}`)}"`
  );
  return `${name}${pairs.length > 0 ? `{${pairs}}` : ""} ${value}\n`;
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}

function labelsOf({ name, version }: ServedModel): Record<string, string> {
  return { model: name, version };
}
