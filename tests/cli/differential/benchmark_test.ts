// `iree benchmark` and `iree-benchmark-module` side by side: the same rows,
// columns, fields and exit statuses. Times differ from run to run.

import { assert, assertEquals } from "@std/assert";
import { program, test } from "../../support.ts";
import { compareTool, type ToolCase } from "./tool_case.ts";

const ONCE = "--benchmark_min_time=1x";
const INPUTS = ["--input=4xf32=1", "--input=4xf32=2"];
const ADD = ["--module=$benchmark", "--function=add", ...INPUTS];

const WRONG_USAGE = {
  because: "wrong usage has its own exit status",
  exit: 2,
} as const;

const CASES: readonly ToolCase[] = [
  // Which functions
  { args: ["--module=$benchmark", ONCE] },
  { args: ["--module=$benchmark", "--benchmark_list_tests"] },
  { args: ["--module=$benchmark", "--benchmark_list_tests=true"] },
  { args: [...ADD, "--benchmark_list_tests"] },
  { args: ["--module=$benchmark", "--function=scalar", ONCE] },
  { args: ["--module=$benchmark", "--function=", ONCE] },
  { args: ["--module=$mul", ONCE] },
  { args: ["--module=$mul_async", "--benchmark_list_tests"] },
  { args: ["--module=$benchmark", "--benchmark_filter=scalar", ONCE] },
  { args: ["--module=$benchmark", "--benchmark_filter=-scalar", ONCE] },
  { args: ["--module=$benchmark", "--benchmark_filter=^BM_c.*t/", ONCE] },
  { args: ["--module=$benchmark", "--benchmark_filter=all", ONCE] },
  { args: ["--module=$benchmark", "--benchmark_filter=none", ONCE] },
  { args: ["--module=$benchmark", "--benchmark_filter=real_time$", ONCE] },
  // Inputs and devices
  { args: [...ADD, ONCE] },
  { args: [...ADD, ONCE, "--device=local-sync"] },
  { args: [...ADD, ONCE, "--device=local-task"] },
  {
    args: [
      ...ADD,
      ONCE,
      "--device=local-task",
      "--task_topology_group_count=1",
    ],
  },
  { args: [...ADD, ONCE, "--module_mode=mmap"] },
  { args: [...ADD, ONCE, "--device_allocator=caching"] },
  {
    args: [
      "--module=$mul_async",
      "--function=mul",
      ...INPUTS,
      "--benchmark_min_time=4x",
    ],
  },
  {
    args: [
      "--module=$mul_async",
      "--function=mul",
      ...INPUTS,
      "--batch_size=8",
      "--batch_concurrency=3",
      "--benchmark_min_time=20x",
      "--benchmark_format=json",
    ],
  },
  // How much
  { args: [...ADD, "--benchmark_min_time=7x"] },
  { args: [...ADD, "--benchmark_min_time=7x", "--batch_size=4"] },
  { args: [...ADD, "--benchmark_min_time=3x", "--benchmark_repetitions=3"] },
  { args: [...ADD, ONCE, "--benchmark_repetitions=1"] },
  { args: [...ADD, ONCE, "--benchmark_dry_run"] },
  { args: [...ADD, "--benchmark_dry_run", "--benchmark_repetitions=3"] },
  { args: [...ADD, ONCE, "--benchmark_min_warmup_time=0.001"] },
  {
    args: [
      "--module=$benchmark",
      ONCE,
      "--benchmark_repetitions=2",
      "--benchmark_enable_random_interleaving",
      "--benchmark_report_aggregates_only",
      "--benchmark_filter=scalar",
    ],
  },
  // Formats
  { args: [...ADD, ONCE, "--benchmark_format=json"] },
  { args: [...ADD, ONCE, "--benchmark_format=csv"] },
  { args: [...ADD, ONCE, "--benchmark_format=console"] },
  {
    args: [
      ...ADD,
      "--benchmark_min_time=2x",
      "--benchmark_repetitions=3",
      "--benchmark_format=json",
    ],
  },
  {
    args: [
      ...ADD,
      "--benchmark_min_time=2x",
      "--benchmark_repetitions=3",
      "--benchmark_format=csv",
    ],
  },
  { args: ["--module=$benchmark", ONCE, "--benchmark_format=json"] },
  { args: ["--module=$benchmark", ONCE, "--benchmark_format=csv"] },
  { args: [...ADD, ONCE, "--benchmark_out=out.json"] },
  {
    args: [...ADD, ONCE, "--benchmark_out=out", "--benchmark_out_format=csv"],
  },
  {
    args: [
      ...ADD,
      ONCE,
      "--benchmark_out=out",
      "--benchmark_out_format=console",
    ],
  },
  {
    args: [
      ...ADD,
      ONCE,
      "--benchmark_repetitions=2",
      "--benchmark_report_aggregates_only",
    ],
  },
  {
    args: [
      ...ADD,
      ONCE,
      "--benchmark_repetitions=2",
      "--benchmark_display_aggregates_only",
      "--benchmark_out=out.json",
    ],
  },
  { args: [...ADD, ONCE, "--benchmark_counters_tabular"] },
  {
    args: [
      ...ADD,
      ONCE,
      "--benchmark_counters_tabular",
      "--benchmark_repetitions=2",
    ],
  },
  { args: [...ADD, ONCE, "--benchmark_color=true"] },
  { args: [...ADD, ONCE, "--benchmark_color=false"] },
  {
    args: [...ADD, ONCE, "--benchmark_format=json", "--time_unit=us"],
  },
  { args: [...ADD, ONCE, "--time_unit=ns"] },
  { args: [...ADD, ONCE, "--time_unit=ms"] },
  { args: [...ADD, ONCE, "--benchmark_context=a=b,c=d"] },
  // Dispatches
  { args: [...ADD, ONCE, "--dispatch_statistics"] },
  {
    args: [
      ...ADD,
      ONCE,
      "--dispatch_statistics",
      "--benchmark_format=json",
      "--device=local-task",
    ],
  },
  {
    args: [
      ...ADD,
      ONCE,
      "--dispatch_statistics",
      "--benchmark_format=csv",
    ],
  },
  {
    args: [...ADD, ONCE, "--dispatch_statistics", "--print_device_statistics"],
  },
  // Results
  { args: [...ADD, ONCE, "--enable_output_processing"] },
  { args: [...ADD, ONCE, "--output=-"] },
  {
    args: [
      ...ADD,
      ONCE,
      "--enable_output_processing",
      "--expected_output=4xf32=3",
    ],
  },
  {
    args: [
      ...ADD,
      ONCE,
      "--enable_output_processing",
      "--expected_output=4xf32=4",
    ],
  },
  {
    args: [...ADD, ONCE, "--enable_output_processing", "--output=@out.bin"],
  },
  { args: ["--module=$benchmark", ONCE, "--enable_output_processing"] },
  // Failures
  { args: ["--module=missing.vmfb", ONCE] },
  { args: [ONCE] },
  { args: ["--module=$benchmark", "--function=nothing", ONCE] },
  { args: ["--module=$benchmark", "--function=add", "--input=4xf32=x", ONCE] },
  { args: [...ADD, ONCE, "--device=nothing"] },
  {
    args: ["--module=$benchmark", "--function=add", ONCE],
    because: "we say which inputs the function takes",
    exit: 1,
  },
  {
    args: [...ADD, ONCE, "--batch_size=0"],
    ...WRONG_USAGE,
  },
  { args: [...ADD, ONCE, "--time_unit=days"], ...WRONG_USAGE },
  { args: [...ADD, ONCE, "--unknown"], ...WRONG_USAGE },
  { args: [...ADD, ONCE, "--benchmark_unknown"], ...WRONG_USAGE },
  { args: [...ADD, "--benchmark_min_time=abc"], ...WRONG_USAGE },
  { args: [...ADD, ONCE, "stray"], ...WRONG_USAGE },
  {
    args: [...ADD, ONCE, "--benchmark_time_unit=us"],
    because: "with theirs, this flag has no effect",
  },
];

/** Leaves times and rates out, and facts about the machine. */
function mask(text: string): string {
  return text
    // The machine, in files for people.
    .replace(/^\d{4}-[^]*?(?=^(?:-----|name,))/m, "")
    .replace(/"context": \{.*?\n {2}\}/s, '"context": {}')
    .replace(/"(\w+_time|items_per_second|calls|percent)": [^,\n]+/g, '"$1": #')
    .replace(/=[\d.e+-]+[a-zA-Z]?(\/s|%)/g, "=#$1")
    .replace(/[\d.]+(?:e[+-]\d+)?[kMGmun]?\/s/g, "#/s")
    .replace(/percent=\S+/g, "percent=#")
    .replace(/ +[\d.]+(?:e[+-]\d+)? (ns|us|ms|s|%) /g, " # $1 ")
    .replace(/(real_time\w*|_f32)",(\d+),[\d.e+-]+,[\d.e+-]+,(.*)/g, (
      _,
      name,
      count,
      rest,
    ) => `${name}",${count},#,#,${rest.replace(/[\d.e+-]+/g, "#")}`)
    .replace(/[\d.]+%/g, "#%")
    // The columns' widths depend on the times.
    .replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

// Sanitized runs leave these out: most of the time goes to IREE's tools.
const compared = Deno.env.has("DEV_SANITIZE") ? Deno.test.ignore : test;

compared(
  "iree benchmark prints what iree-benchmark-module prints",
  async () => {
    const files = {
      benchmark: await program("benchmark.mlir"),
      mul: await program("mul.mlir"),
      mul_async: await program("mul_async.mlir"),
    };
    // The number in docs/coming-from.md.
    assert(CASES.length > 70, `${CASES.length}`);
    const problems: string[] = [];
    for (const it of CASES) {
      const problem = await compareTool(
        "iree-benchmark-module",
        ["benchmark"],
        it,
        files,
        mask,
      );
      if (problem !== undefined) problems.push(problem);
    }
    assertEquals(problems, []);
  },
);
