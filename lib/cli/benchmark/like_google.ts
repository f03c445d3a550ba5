import { Instance, IreeError, type LoadedProgram } from "../../../mod.ts";
import type { CommandStatus } from "../common/command.ts";
import { printError } from "../common/terminal.ts";
import { isProfiling } from "../run/native_flags.ts";
import { loadProgram } from "../run/program.ts";
import { DeviceRecorder } from "../run/recording.ts";
import { compileSources } from "../run/sources.ts";
import { printStatistics } from "../run/statistics.ts";
import { DispatchProfiler } from "./dispatch_profiler.ts";
import type { Benchmark } from "./google/runner.ts";
import { measureAll } from "./google_report.ts";
import { processResults } from "./process_results.ts";
import type { Settings } from "./settings.ts";
import type { BenchmarkFlags } from "./flags.ts";
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
  if (flags.dispatch_statistics && flags.device_replay_output !== undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "--dispatch_statistics cannot be combined with --device_replay_output",
    );
  }
  using instance = Instance.open();
  using recorder = await DeviceRecorder.open(instance, flags);
  const modules = await compileSources({ ...flags, module });
  try {
    using program = recorder.scope(
      "init",
      () => loadProgram(flags, modules, [], recorder.devices),
    );
    recorder.demandDevices(program.devices);
    const isSuccess = await runProgram(program, flags, settings, recorder);
    if (flags.print_statistics) printStatistics(program);
    return isSuccess ? 0 : 1;
  } finally {
    recorder.end();
  }
}

async function runProgram(
  program: LoadedProgram,
  flags: BenchmarkFlags,
  settings: Settings,
  recorder: DeviceRecorder,
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
    .map((workload) => toBenchmark(workload, settings, profiler, recorder))
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
  const failure = await measureAll(
    benchmarks,
    flags,
    settings,
    program.devices,
  );
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
  recorder: DeviceRecorder,
): Benchmark {
  const run = (count: number) =>
    recorder.scope("execute", () => workload.run(count));
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
