import type { Device } from "../../../mod.ts";
import { SYSTEM_CLOCK } from "../../benchmark/mod.ts";
import { Profiling } from "../../tooling/mod.ts";
import { type CAPTURE_FLAGS, Capturer } from "../common/profile_flag.ts";
import type { FlagValues } from "../common/flags.ts";
import { printBytes, writeBytes } from "../common/write_file.ts";
import { isProfiling, type PROFILING_FLAGS } from "../run/native_flags.ts";
import { ConsoleReporter } from "./google/console.ts";
import { CsvReporter } from "./google/csv.ts";
import { JsonReporter } from "./google/json.ts";
import { describeMachine, formatMachine } from "./google/machine.ts";
import type { Report, Reporter } from "./google/reporter.ts";
import { reportedName, type Run } from "./google/run.ts";
import { type Benchmark, runBenchmarks } from "./google/runner.ts";
import type { Settings } from "./settings.ts";
import type { GOOGLE_FLAGS } from "./flags.ts";

/** Flags of Google Benchmark, and of profiles. */
export type ReportFlags =
  & FlagValues<typeof GOOGLE_FLAGS>
  & FlagValues<typeof PROFILING_FLAGS>
  & FlagValues<typeof CAPTURE_FLAGS>
  & {
    readonly dispatch_statistics?: boolean;
    readonly trace_execution?: boolean;
  };

/**
 * Measures benchmarks and prints what Google Benchmark prints.
 *
 * @param benchmarks The benchmarks.
 * @param flags The flags.
 * @param settings Parsed flags.
 * @param devices The devices, of which the first one may be profiled.
 * @returns The first failure.
 */
export async function measureAll(
  benchmarks: readonly Benchmark[],
  flags: ReportFlags,
  settings: Settings,
  devices: readonly Device[],
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
  const isDeferred = flags.dispatch_statistics ?? false;
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
  using capturer = await Capturer.begin(devices, flags.profile, {
    traceExecution: flags.trace_execution ?? false,
  });
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
  await capturer.end();
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
  flags: ReportFlags,
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
