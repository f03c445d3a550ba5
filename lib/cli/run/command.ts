import {
  Instance,
  IreeError,
  type LoadedProgram,
  type ModuleSource,
} from "../../../mod.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { expectFewCalls } from "../../base/few_calls.ts";
import { execute } from "./execution.ts";
import { DeviceRecorder } from "./recording.ts";
import { compileSources } from "./sources.ts";
import { isListing } from "./flags.ts";
import { setNativeFlags } from "./native_flags.ts";
import { addOperands } from "./operands.ts";
import { loadProgram } from "./program.ts";
import { JsonReporter, TextReporter } from "./print_results.ts";
import { FLAG_GROUPS, RUN_FLAGS, type RunFlags } from "./all_flags.ts";
import { startWatchdog } from "./timeout.ts";

/** Made when it is printed, since a start is to take little time. */
function formatHelp(): string {
  return `Runs a function of a compiled program and prints its results.

Usage: iree run MODULE… [--function=NAME] [VALUE…]
       iree run --module=FILE… [--function=NAME] [--input=VALUE…]

MODULE is a file as for --module, VALUE an input as for --input. Modules come
first: *.vmfb, *.mlir, *.onnx, native libraries, and - for stdin. MLIR and ONNX
models are compiled for the device and cached, as by \`iree compile\`.

The flags are those of iree-run-module (- and _ in their names are the same).

${
    Object.entries(FLAG_GROUPS).map(([title, flags]) =>
      `${title}:\n${formatFlags(flags)}\n`
    ).join("")
  }
Some flags of iree-run-module are rejected because this build lacks their feature:
the HIP driver, and flags that have no effect in it.

Exit status: 0 on success, 1 if the run fails or a result differs from the
expected one, 2 for wrong usage.

Examples:
  iree run model.vmfb "2x2xf32=1 2 3 4" @weights.npy
  iree run model.mlir "2x2xf32=1 2 3 4"
  iree run --watch model.mlir "2x2xf32=1 2 3 4"
  iree run math.vmfb --function=add 1 -2
  iree run --module=./module.so@create_custom_module --module=example.vmfb \\
      --function=main
`;
}

/** `iree run`. */
export const RUN: Command = {
  summary: "runs a function of a compiled program",
  // Completions omit refused flags.
  flags: Object.assign({}, ...Object.values(FLAG_GROUPS)),
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const operands: string[] = [];
  const flags = parseFlags(
    RUN_FLAGS,
    args,
    (argument) => operands.push(argument),
  );
  if (flags.help) {
    printHelp(formatHelp());
    return;
  }
  addOperands(flags.module, flags.input, operands);
  checkUsage(flags);
  if (flags.repeat === undefined && !flags.watch) expectFewCalls();
  using instance = Instance.open();
  setNativeFlags(instance, flags);
  if (isListing(flags)) {
    using _watchdog = await startWatchdog(instance, flags.timeout);
    const { printListings } = await import("./listing.ts");
    printListings(instance, flags);
    return;
  }
  const runOnce = async (): Promise<CommandStatus> => {
    using _watchdog = await startWatchdog(instance, flags.timeout);
    using recorder = await DeviceRecorder.open(instance, flags);
    const modules = await compileSources(flags);
    try {
      return await runProgram(flags, modules, recorder);
    } finally {
      recorder.end();
    }
  };
  if (!flags.watch) return await runOnce();
  const { runOnChanges } = await import("./watch.ts");
  return await runOnChanges(flags, runOnce);
}

function checkUsage(flags: RunFlags): void {
  if (flags.module.length === 0 && !isListing(flags)) {
    throw new UsageError(
      "no user module specified; use --module=file.vmfb to load from a file " +
        "or --module=- to load from stdin",
    );
  }
  if (flags.module.filter((it) => it === "-").length > 1) {
    throw new UsageError("--module=- can be used only once");
  }
  if (flags.watch && isListing(flags)) {
    throw new UsageError("--watch applies to programs, not to lists");
  }
  if (flags.output_format === "json" && isListing(flags)) {
    throw new UsageError(
      "lists are printed as text; use `iree devices --json` for JSON",
    );
  }
  if (
    flags.output_format === "json" &&
    flags.output_max_element_count !== undefined
  ) {
    throw new UsageError(
      "--output_max_element_count applies to text; JSON has all elements",
    );
  }
}

async function runProgram(
  flags: RunFlags,
  modules: readonly ModuleSource[],
  recorder: DeviceRecorder,
): Promise<CommandStatus> {
  const program = recorder.scope(
    "init",
    () => loadProgram(flags, modules, [], recorder.devices),
  );
  try {
    recorder.demandDevices(program.devices);
    return await runFunction(flags, program, recorder);
  } finally {
    recorder.scope("deinit", () => program.dispose());
  }
}

async function runFunction(
  flags: RunFlags,
  program: LoadedProgram,
  recorder: DeviceRecorder,
): Promise<CommandStatus> {
  // Scripts may leave the name empty.
  const name = flags.function || onlyFunction(program);
  const found = program.lookupFunction(name);
  const reporter = flags.output_format === "json"
    ? new JsonReporter(flags)
    : new TextReporter(flags);
  try {
    return await execute(program, found, flags, reporter, recorder) ? 0 : 1;
  } finally {
    found.dispose();
    if (flags.print_statistics) {
      const { printStatistics } = await import("./statistics.ts");
      printStatistics(program);
    }
  }
}

function onlyFunction(program: LoadedProgram): string {
  const names = program.functionNames;
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  if (name === undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "no exported functions found in module; at least one must be present",
    );
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "more than one exported function present; --function= must be specified " +
      "explicitly",
    { hint: `functions: ${names.join(", ")}` },
  );
}
