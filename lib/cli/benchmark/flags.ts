import type { FlagTable, FlagValues } from "../common/flags.ts";
import { MAIN_FLAGS, RESULT_FLAGS, WATCH_FLAGS } from "../run/flags.ts";
import { SHARED_FLAGS, SHARED_GROUPS } from "../run/shared_flags.ts";

const MAX_I32 = 2 ** 31 - 1;

/** Flags of IREE's tool. */
const WORK_FLAGS = {
  batch_size: {
    kind: "integer",
    value: "COUNT",
    min: 1,
    max: MAX_I32 as number,
    help: [
      "Iterations in a batch: calls of an asynchronous function; the repeat",
      "count of a dispatch benchmark. 1 by default.",
    ],
  },
  batch_concurrency: {
    kind: "integer",
    value: "COUNT",
    min: 1,
    max: MAX_I32 as number,
    help: [
      "Calls of an asynchronous function that run at the same time; 1 by default.",
    ],
  },
  time_unit: {
    kind: "choice",
    choices: ["auto", "ns", "us", "ms", "s"],
    help: ["Unit of times; by default, ms, or us for dispatch benchmarks."],
  },
  dispatch_statistics: {
    kind: "boolean",
    help: [
      "Adds a row per dispatched function: its time per iteration, from",
      "another run with a profiler.",
    ],
  },
  enable_output_processing: {
    kind: "boolean",
    help: ["Keeps the last results, for --output and --expected_output."],
  },
} as const;

/** Flags of Google Benchmark. */
export const GOOGLE_FLAGS = {
  benchmark_list_tests: {
    kind: "boolean",
    help: ["Prints the benchmarks' names and exits."],
  },
  benchmark_filter: {
    kind: "text",
    value: "REGEX",
    default: "",
    help: ["Runs benchmarks with matching names; after -, the others."],
  },
  benchmark_min_time: {
    kind: "text",
    value: "SECONDSs|COUNTx",
    help: [
      "Minimum time of a repetition (0.5s by default), or its number of",
      "iterations.",
    ],
  },
  benchmark_min_warmup_time: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    help: ["Unmeasured time before the first repetition."],
  },
  benchmark_repetitions: {
    kind: "integer",
    value: "COUNT",
    min: 1,
    max: MAX_I32 as number,
    help: ["Number of repetitions, 1 by default; several add aggregates."],
  },
  benchmark_dry_run: {
    kind: "boolean",
    help: ["Runs a single iteration of each."],
  },
  benchmark_enable_random_interleaving: {
    kind: "boolean",
    help: ["Measures repetitions of all benchmarks in random order."],
  },
  benchmark_report_aggregates_only: {
    kind: "boolean",
    help: ["Reports only aggregates, if there are any."],
  },
  benchmark_display_aggregates_only: {
    kind: "boolean",
    help: ["Likewise, but not in --benchmark_out."],
  },
  benchmark_format: {
    kind: "choice",
    choices: ["console", "json", "csv"],
    help: ["How to print results; json is what Google's compare.py reads."],
  },
  benchmark_out: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Writes the results to a file as well."],
  },
  benchmark_out_format: {
    kind: "choice",
    choices: ["json", "console", "csv"],
    help: ["The format of that file."],
  },
  benchmark_color: {
    kind: "choice",
    choices: ["auto", "true", "false"],
    help: ["Whether to color the output; by default on terminals."],
  },
  benchmark_counters_tabular: {
    kind: "boolean",
    help: ["Prints counters in columns."],
  },
  benchmark_context: {
    kind: "list",
    value: "KEY=VALUE,…",
    help: ["Adds facts to the report's context."],
  },
  benchmark_time_unit: {
    kind: "choice",
    choices: ["auto", "ns", "us", "ms", "s"],
    help: ["The unit of times, unless --time_unit is given."],
  },
} as const;

/** Flags of our own reports. */
const COMPARE_FLAGS = {
  variant: {
    kind: "list",
    value: "FLAGS",
    help: [
      "Measures each program with these flags, separated by spaces; repeat to",
      "compare, such as --variant=--task_topology_group_count=1.",
    ],
  },
  json: {
    kind: "boolean",
    help: [
      "Prints one JSON object with all samples, percentiles and confidence",
      "intervals.",
    ],
  },
  histogram: {
    kind: "boolean",
    help: ["Prints how the times of calls are distributed."],
  },
  svg: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Draws a chart."],
  },
} as const;

const { trace_execution, print_statistics, timeout } = WATCH_FLAGS;
const DIAGNOSTIC_FLAGS: Pick<
  typeof WATCH_FLAGS,
  "print_statistics" | "timeout" | "trace_execution"
> = { trace_execution, print_statistics, timeout };

// Results are text.
const { output_format: _, ...outputFlags } = RESULT_FLAGS;
const OUTPUT_FLAGS: Omit<typeof RESULT_FLAGS, "output_format"> = outputFlags;

/** Flags of `iree benchmark` by topic, in the order of the help. */
export const FLAG_GROUPS: Readonly<Record<string, FlagTable>> = {
  "What to run": MAIN_FLAGS,
  "How to run it": WORK_FLAGS,
  "Measuring": GOOGLE_FLAGS,
  "Comparing": COMPARE_FLAGS,
  "Output of the function": OUTPUT_FLAGS,
  "Diagnostics": DIAGNOSTIC_FLAGS,
  ...SHARED_GROUPS,
};

type BenchmarkTable =
  & typeof MAIN_FLAGS
  & typeof WORK_FLAGS
  & typeof GOOGLE_FLAGS
  & typeof COMPARE_FLAGS
  & typeof OUTPUT_FLAGS
  & typeof DIAGNOSTIC_FLAGS
  & typeof SHARED_FLAGS;

/** All flags of `iree benchmark`. */
export const BENCHMARK_FLAGS: BenchmarkTable = {
  ...MAIN_FLAGS,
  ...WORK_FLAGS,
  ...GOOGLE_FLAGS,
  ...COMPARE_FLAGS,
  ...OUTPUT_FLAGS,
  ...DIAGNOSTIC_FLAGS,
  ...SHARED_FLAGS,
};

/** The values of the flags. */
export type BenchmarkFlags = FlagValues<BenchmarkTable>;
