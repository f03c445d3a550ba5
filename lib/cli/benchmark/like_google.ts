import { IreeError, type LoadedProgram } from "../../../mod.ts";
import { SYSTEM_CLOCK } from "../../benchmark/mod.ts";
import { Profiling } from "../../tooling/mod.ts";
import type { CommandStatus } from "../common/command.ts";
import { printError } from "../common/terminal.ts";
import { printBytes, writeBytes } from "../common/write_file.ts";
import { isProfiling } from "../run/native_flags.ts";
import { loadProgram } from "../run/program.ts";
import { compileSources } from "../run/sources.ts";
import { printStatistics } from "../run/statistics.ts";
import { DispatchProfiler } from "./dispatch_profiler.ts";
import { ConsoleReporter } from "./google/console.ts";
import { CsvReporter } from "./google/csv.ts";
import { JsonReporter } from "./google/json.ts";
import { describeMachine, formatMachine } from "./google/machine.ts";
import type { Report, Reporter } from "./google/reporter.ts";
import { reportedName, type Run } from "./google/run.ts";
import { type Benchmark, runBenchmarks } from "./google/runner.ts";
import { processResults } from "./process_results.ts";
import type { Settings } from "./settings.ts";
import type { BenchmarkFlags } from "./table.ts";
import type { Workload } from "./workload.ts";
import { createWorkloads } from "./workloads.ts";

/**
 * Measures the functions of a program, and prints what `iree-benchmark-module`
 * prints.
 *
 * @param flags The flags.
 * @param programs The program, unless flags name its modules.
 * @param settings Parsed flags.
 */
export async function runLikeGoogle(
  flags: BenchmarkFlags,
  programs: readonly string[],
  settings: Settings,
): Promise<CommandStatus> {
  const module = programs.length > 0 ? [...programs] : flags.module;
  if (module.length === 0) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "no user module specified; use --module=file.vmfb",
    );
  }
  const modules = await compileSources({ ...flags, module });
  using program = loadProgram(flags, modules);
  const isSuccess = await runProgram(program, flags, settings);
  if (flags.print_statistics) printStatistics(program);
  return isSuccess ? 0 : 1;
}

async function runProgram(
  program: LoadedProgram,
  flags: BenchmarkFlags,
  settings: Settings,
): Promise<boolean> {
  using stack = new DisposableStack();
  const workloads = createWorkloads(program, flags, stack);
  if (flags.enable_output_processing && workloads.length !== 1) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "output processing requires one function; use --function",
    );
  }
  const profiler = flags.dispatch_statistics
    ? new DispatchProfiler(program.devices, isProfiling(flags))
    : undefined;
  const benchmarks = workloads
    .map((workload) => toBenchmark(workload, settings, profiler))
    .filter(({ name }) => settings.matches(name));
  if (benchmarks.length === 0) {
    console.error(
      "Failed to match any benchmarks against regex: " +
        (flags.benchmark_filter ?? "."),
    );
    return true;
  }
  if (flags.benchmark_list_tests) {
    for (const { name } of benchmarks) console.log(name);
    return true;
  }
  const failure = await measureAll(program, benchmarks, flags, settings);
  if (failure !== undefined) {
    printError(failure instanceof Error ? failure.message : String(failure));
    return false;
  }
  const [workload] = workloads;
  return !flags.enable_output_processing || workload === undefined ||
    processResults(program, workload, flags);
}

function toBenchmark(
  workload: Workload,
  { unit }: Settings,
  profiler: DispatchProfiler | undefined,
): Benchmark {
  const run = (count: number) => workload.run(count);
  const benchmark = {
    name: `BM_${workload.name}/process_time/real_time`,
    batchSize: workload.batchSize,
    unit: unit ?? (workload.kind === "dispatch" ? "us" : "ms"),
    run,
  };
  return profiler === undefined
    ? benchmark
    : { ...benchmark, profile: profiler.start(workload) };
}

async function measureAll(
  { devices }: LoadedProgram,
  benchmarks: readonly Benchmark[],
  flags: BenchmarkFlags,
  settings: Settings,
): Promise<unknown> {
  const repetitions = flags.benchmark_dry_run
    ? 1
    : flags.benchmark_repetitions ?? 1;
  const display = createReporter(flags.benchmark_format, flags);
  const file = createReporter(flags.benchmark_out_format, flags, false);
  const written: string[] = [];
  const print = (text: string) => {
    if (text !== "") printBytes(new TextEncoder().encode(text));
  };
  const report: Report = {
    names: benchmarks.map(({ name }) => name),
    hasAggregates: repetitions > 1,
    context: describeMachine(settings.context),
  };
  // JSON has the machine in it.
  const machine = formatMachine(report.context);
  if (flags.benchmark_format !== "json") console.error(machine);
  if (flags.benchmark_out_format !== "json") written.push(`${machine}\n`);
  // Dispatched functions have names of their own, which are known later.
  const isDeferred = flags.dispatch_statistics;
  const deferred: Run[] = [];
  print(isDeferred ? "" : display.begin(report));
  written.push(file.begin(report));
  const onlyAggregates = flags.benchmark_report_aggregates_only;
  const onlyDisplayed = onlyAggregates ||
    flags.benchmark_display_aggregates_only;
  using stack = new DisposableStack();
  const [device] = devices;
  const profiling = device !== undefined && isProfiling(flags)
    ? stack.use(Profiling.begin(device))
    : undefined;
  const failure = await runBenchmarks(benchmarks, {
    effort: flags.benchmark_dry_run ? { iterations: 1 } : settings.effort,
    warmUpSeconds: flags.benchmark_dry_run
      ? 0
      : flags.benchmark_min_warmup_time ?? 0,
    repetitions,
    isShuffled: flags.benchmark_enable_random_interleaving,
    clock: SYSTEM_CLOCK,
    random: Math.random,
  }, (runs) => {
    const displayed = onlyDisplayed ? aggregatesOf(runs) : runs;
    if (isDeferred) deferred.push(...displayed);
    else print(display.report(displayed));
    written.push(file.report(onlyAggregates ? aggregatesOf(runs) : runs));
  });
  profiling?.end();
  if (isDeferred) {
    const names = deferred.map(reportedName);
    const begin = display.begin({ ...report, names, hasAggregates: false });
    print(begin + display.report(deferred));
  }
  print(display.end());
  written.push(file.end());
  if (flags.benchmark_out !== undefined) {
    const text = written.join("");
    await writeBytes(flags.benchmark_out, new TextEncoder().encode(text));
  }
  return failure;
}

/** Aggregates of several repetitions; a single one stands for itself. */
function aggregatesOf(runs: readonly Run[]): readonly Run[] {
  const aggregates = runs.filter(({ aggregate }) => aggregate !== undefined);
  return aggregates.length > 0 ? aggregates : runs;
}

function createReporter(
  format: string,
  flags: BenchmarkFlags,
  color = flags.benchmark_color === "auto"
    ? Deno.stdout.isTerminal() && !Deno.noColor
    : flags.benchmark_color === "true",
): Reporter {
  if (format === "json") return new JsonReporter();
  if (format === "csv") return new CsvReporter();
  return new ConsoleReporter({
    color,
    tabular: flags.benchmark_counters_tabular,
  });
}
