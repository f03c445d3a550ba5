import type { LoadedProgram } from "../../../mod.ts";
import {
  chartMeasurements,
  compareSubjects,
  type Subject,
} from "../../benchmark/mod.ts";
import type { CommandStatus } from "../common/command.ts";
import {
  type FlagTable,
  type FlagValues,
  parseFlags,
} from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
} from "../common/task_flags.ts";
import { UsageError } from "../common/usage_error.ts";
import { writeBytes } from "../common/write_file.ts";
import { MAIN_FLAGS } from "../run/flags.ts";
import { loadProgram } from "../run/program.ts";
import { compileSources } from "../run/sources.ts";
import { printStatistics } from "../run/statistics.ts";
import { formatComparison } from "./compare_text.ts";
import { describeMachine } from "./google/machine.ts";
import type { MeasuredSubject, SubjectLabel } from "./measured_subject.ts";
import type { Settings } from "./settings.ts";
import type { BenchmarkFlags } from "./flags.ts";
import { createWorkload } from "./workloads.ts";

/** Flags that variants can set. */
const { module_mode, function: function_, parameter_mode } = MAIN_FLAGS;
const VARIANT_FLAGS: FlagTable = {
  ...TASK_TOPOLOGY_FLAGS,
  ...TASK_WORKER_FLAGS,
  function: function_,
  module_mode,
  parameter_mode,
};

/** A program with its own flags. */
interface Plan {
  readonly flags: BenchmarkFlags;
  readonly variant: string;
}

/**
 * Measures programs, devices and variants in turns, and prints how they compare.
 *
 * @param flags The flags.
 * @param programs The programs, unless flags name the modules of one.
 * @param settings Parsed flags.
 */
export async function compareSubjectsOf(
  flags: BenchmarkFlags,
  programs: readonly string[],
  settings: Settings,
): Promise<CommandStatus> {
  if ("iterations" in settings.effort) {
    throw new UsageError(
      "flag 'benchmark_min_time' must be a time such as 0.5s here; a " +
        "comparison finds the number of calls itself",
    );
  }
  const { seconds } = settings.effort;
  if (programs.length === 0 && flags.module.length === 0) {
    throw new UsageError("no program; give one or more as arguments");
  }
  const measured = await measurePlans(planAll(flags, programs), seconds);
  if (flags.svg !== undefined) {
    const chart = chartMeasurements(measured, titleOf(measured));
    await writeBytes(flags.svg, new TextEncoder().encode(chart));
  }
  console.log(
    flags.json
      ? JSON.stringify({
        version: 1,
        machine: describeMachine(settings.context),
        benchmarks: measured,
      })
      : formatComparison(measured, flags.histogram),
  );
}

/** Every program, on every device, in every variant. */
function planAll(
  flags: BenchmarkFlags,
  programs: readonly string[],
): Plan[] {
  const modules = programs.length > 0
    ? programs.map((program) => [program])
    : [flags.module];
  // With --module, several devices belong to one program.
  const devices = programs.length > 0 && flags.device.length > 0
    ? flags.device.map((device) => [device])
    : [flags.device];
  const variants = flags.variant.length > 0 ? flags.variant : [""];
  return modules.flatMap((module) =>
    devices.flatMap((device) =>
      variants.map((variant) => ({
        flags: { ...flags, ...parseVariant(variant), module, device },
        variant,
      }))
    )
  );
}

/** Parses the flags of a variant; those that are not given are left out. */
function parseVariant(text: string): Partial<BenchmarkFlags> {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const values = parseOf(text, words);
  const names = words.map((word) =>
    word.slice(2).replace(/=.*/s, "").trimEnd().replaceAll("-", "_")
  );
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => names.includes(name)),
  );
}

function parseOf(
  text: string,
  words: readonly string[],
): FlagValues<typeof VARIANT_FLAGS> {
  try {
    return parseFlags(VARIANT_FLAGS, words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`--variant=${text}: ${error.message}`);
  }
}

async function measurePlans(
  plans: readonly Plan[],
  seconds: number,
): Promise<MeasuredSubject[]> {
  using stack = new DisposableStack();
  const loaded: LoadedProgram[] = [];
  const labels: SubjectLabel[] = [];
  const subjects: Subject[] = [];
  for (const { flags, variant } of plans) {
    const modules = await compileSources(flags);
    const program: LoadedProgram = stack.use(loadProgram(flags, modules));
    const workload = createWorkload(program, flags, stack);
    const label = {
      program: flags.module[flags.module.length - 1] ?? "",
      devices: program.devices.map(({ uri }) => uri),
      variant,
      function: workload.name,
    };
    loaded.push(program);
    labels.push(label);
    subjects.push({
      name: workload.name,
      run: (count) => workload.run(count),
      deviceBytesPeak: () => peakOf(program),
    });
  }
  const named = subjects.map((subject, index) => ({
    ...subject,
    name: nameOf(labels[index]!, labels),
  }));
  const measured = await compareSubjects(named, { seconds });
  stack.dispose();
  if (plans[0]?.flags.print_statistics) loaded.forEach(printStatistics);
  return measured.map((it, index) => ({ ...it, label: labels[index]! }));
}

function peakOf({ devices }: LoadedProgram): number {
  return devices.reduce(
    (sum, { statistics }) =>
      sum + statistics.hostBytesPeak + statistics.deviceBytesPeak,
    0,
  );
}

/** Names a subject by what distinguishes it from the others. */
function nameOf(label: SubjectLabel, all: readonly SubjectLabel[]): string {
  const parts = [
    (it: SubjectLabel) => it.program.replace(/^.*[\\/]/, ""),
    (it: SubjectLabel) => it.devices.join("+"),
    (it: SubjectLabel) => it.variant,
    (it: SubjectLabel) => it.function,
  ];
  const different = parts.filter((part) =>
    all.some((other) => part(other) !== part(label))
  );
  const used = different.length > 0 ? different : parts.slice(0, 1);
  return used.map((part) => part(label)).filter((it) => it !== "").join(" ") ||
    label.function;
}

function titleOf(measured: readonly MeasuredSubject[]): string {
  const names = new Set(measured.map(({ label }) => label.function));
  return `Time of a call of ${[...names].join(", ")}`;
}
