import {
  type CompareOptions,
  IreeError,
  load,
  type LoadedProgram,
  type ModuleMode,
  type VmFunction,
} from "../../../mod.ts";
import type { Command, CommandStatus } from "../command.ts";
import {
  type FlagValues,
  formatFlags,
  parseFlags,
  unexpectedArgument,
} from "../flags.ts";
import { printHelp } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";
import { compareResults } from "./expected.ts";
import { COMMON_FLAGS, MAIN_FLAGS, RESULT_FLAGS } from "./flags.ts";
import {
  type InputTarget,
  parseExpected,
  parseInputs,
  valueTypes,
} from "./inputs.ts";
import { print, writeOutputs } from "./outputs.ts";
import { REFUSED_FLAGS } from "./refused_flags.ts";
import { Results } from "./results.ts";

const FLAGS = {
  ...MAIN_FLAGS,
  ...RESULT_FLAGS,
  ...REFUSED_FLAGS,
  ...COMMON_FLAGS,
} as const;

type Flags = FlagValues<typeof FLAGS>;

const HELP = `Runs a function of a compiled program and prints its results.

Usage: iree run FILE [--function=NAME] [--input=VALUE…]
       iree run --module=FILE… [--function=NAME] [--input=VALUE…]

What to run (- and _ in names of flags are the same):
${formatFlags(MAIN_FLAGS)}
What becomes of the results:
${formatFlags(RESULT_FLAGS)}
Other:
${formatFlags(COMMON_FLAGS)}
Exit status: 0 when the function succeeded, 1 when something failed or a result
is not the expected one, 2 for wrong usage.

Example:
  iree run --module=./module.so@create_custom_module --module=example.vmfb \\
      --function=main
`;

/** `iree run`. */
export const RUN: Command = {
  summary: "runs a function of a compiled program",
  flags: FLAGS,
  run,
};

function run(args: readonly string[]): CommandStatus {
  const operands: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => operands.push(argument));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  addOperands(flags.module, operands);
  if (flags.module.length === 0) {
    throw new UsageError(
      "no user module specified; use --module=file.vmfb to load from a file " +
        "or --module=- to load from stdin",
    );
  }
  if (flags.module.filter((it) => it === "-").length > 1) {
    throw new UsageError("--module=- can be given once");
  }
  using program = load({
    modules: flags.module,
    moduleMode: flags.module_mode as ModuleMode,
    device: flags.device.length > 0 ? flags.device : undefined,
    traceExecution: flags.trace_execution,
  });
  // An empty name is none, as when a script leaves it open.
  const name = flags.function || onlyFunction(program);
  return runFunction(program, program.lookupFunction(name), flags);
}

// One argument without a name is the module. Where there is a module already it
// came there by mistake, as the halves of `2x2xi32=[[1 2][3 4]]` without quotes.
function addOperands(modules: string[], operands: readonly string[]): void {
  const unexpected = modules.length > 0 ? operands[0] : operands[1];
  if (unexpected !== undefined) throw unexpectedArgument(unexpected);
  modules.push(...operands);
}

function onlyFunction(program: LoadedProgram): string {
  const names = program.functionNames;
  if (names.length === 1) return names[0];
  if (names.length === 0) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "no exported functions found in module; at least one must be present",
    );
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "more than one exported function present; --function= must be specified " +
      "explicitly",
    { hint: `functions that there are: ${names.join(", ")}` },
  );
}

function runFunction(
  program: LoadedProgram,
  found: VmFunction,
  flags: Flags,
): CommandStatus {
  using stack = new DisposableStack();
  const { instance } = program.context;
  const device = program.devices[0];
  const values = parseInputs(flags.input, {
    types: valueTypes(found.argumentTypes, found.signature?.inputs),
    memory: device ?? instance,
    name: found.name,
  }, stack);
  console.log(`EXEC @${found.name}`);
  const types = valueTypes(found.resultTypes, found.signature?.outputs);
  const result = found.call(...values);
  const results = new Results(instance, result, types, device, stack);
  if (flags.expected_output.length > 0) {
    const memory = instance;
    return checkResults(results, { types, memory, name: found.name }, flags);
  }
  const maxCount = maxElementCount(flags.output_max_element_count);
  if (flags.output.length === 0) {
    print(results.format(maxCount));
  } else {
    writeOutputs(results, flags.output, maxCount);
  }
}

// A negative count is a large one, as it is in `iree-run-module`.
function maxElementCount(count = 1024): number {
  return count < 0 ? 0xffffffff : count;
}

function checkResults(
  results: Results,
  target: InputTarget,
  flags: Flags,
): CommandStatus {
  using stack = new DisposableStack();
  const expected = parseExpected(flags.expected_output, target, stack);
  const differences = compareResults(results, expected, {
    mode: flags.equality_mode as CompareOptions["mode"],
    f16Tolerance: flags.expected_f16_threshold,
    f32Tolerance: flags.expected_f32_threshold,
    f64Tolerance: flags.expected_f64_threshold,
    bf16Tolerance: flags.expected_bf16_threshold,
    relativeTolerance: flags.expected_rtol,
  });
  print(
    differences ||
      "[SUCCESS] all function outputs matched their expected values.\n",
  );
  return differences === "" ? 0 : 1;
}
