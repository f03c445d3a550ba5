import { Instance, IreeError, type LoadedProgram } from "../../../mod.ts";
import { Profiling } from "../../tooling/mod.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { type FlagValues, formatFlags, parseFlags } from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
} from "../common/task_flags.ts";
import { printError, printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { COMMON_FLAGS, DEVICE_FLAGS, MAIN_FLAGS } from "../run/flags.ts";
import { isListing } from "../run/flags.ts";
import { printListings } from "../run/listing.ts";
import {
  DRIVER_FLAGS,
  isProfiling,
  PROFILING_FLAGS,
  setNativeFlags,
} from "../run/native_flags.ts";
import { loadProgram } from "../run/program.ts";
import { REFUSED_FLAGS } from "../run/refused_flags.ts";
import { compileSources } from "../run/sources.ts";
import { checkModule } from "./expectations.ts";
import { type Check, isSelected, runChecks } from "./runner.ts";

const { device, module, module_mode, parameter_mode, parameters } = MAIN_FLAGS;

const CHECK_FLAGS = {
  module,
  module_mode,
  device,
  parameters,
  parameter_mode,
  expect_failure: {
    kind: "boolean",
    help: ["Succeeds if a check fails, and fails if all succeed."],
  },
  gtest_filter: {
    kind: "text",
    value: "PATTERN",
    default: "*",
    help: [
      "Runs only matching checks, MODULE.FUNCTION: patterns with * and ?,",
      "separated by colons; after -, those not to run.",
    ],
  },
  gtest_list_tests: {
    kind: "boolean",
    help: ["Prints the names of the checks and exits."],
  },
  trace_execution: {
    kind: "boolean",
    help: ["Prints every VM operation to stderr."],
  },
  ...DEVICE_FLAGS,
  ...TASK_TOPOLOGY_FLAGS,
  ...TASK_WORKER_FLAGS,
  ...PROFILING_FLAGS,
  ...DRIVER_FLAGS,
  ...COMMON_FLAGS,
} as const;

type CheckFlags = FlagValues<typeof CHECK_FLAGS>;

const HELP =
  `Runs programs that check themselves, such as those of IREE's tests.

Usage: iree check PROGRAM [FLAGS]
       iree check --module=FILE… [FLAGS]

Each function without inputs and outputs is a check, and is called in its own
context. It calls functions of the module \`check\`: expect_true, expect_false,
expect_all_true, expect_eq, expect_almost_eq. The output is that of
iree-check-module.

Flags (- and _ in their names are the same):
${formatFlags(CHECK_FLAGS)}
Exit status: 0 if all checks succeed, 1 if one fails, 2 for wrong usage.
`;

/** `iree check`. */
export const CHECK: Command = {
  summary: "runs programs that check themselves",
  flags: CHECK_FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const programs: string[] = [];
  const flags = parseFlags(
    { ...REFUSED_FLAGS, ...CHECK_FLAGS },
    args,
    (argument) => programs.push(argument),
  );
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const [program, ...others] = programs;
  const extra = flags.module.length > 0 ? program : others[0];
  if (extra !== undefined) {
    throw new UsageError(
      `unexpected argument '${extra}'; give one program, or its modules with ` +
        "--module=",
    );
  }
  if (program !== undefined) flags.module.push(program);
  using instance = Instance.open();
  setNativeFlags(instance, flags);
  if (isListing(flags)) {
    printListings(instance, flags);
    return;
  }
  const isSuccess = await runAll(flags);
  if (!flags.expect_failure) return isSuccess ? 0 : 1;
  console.log(
    isSuccess ? "Test passed but expected failure" : "Test failed as expected",
  );
  return isSuccess ? 1 : 0;
}

async function runAll(flags: CheckFlags): Promise<boolean> {
  try {
    return await runProgram(flags);
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    printError(error.message);
    return false;
  }
}

async function runProgram(flags: CheckFlags): Promise<boolean> {
  if (flags.module.length === 0) {
    throw new UsageError("no program; give one, or --module=file.vmfb");
  }
  const modules = await compileSources({ ...flags, shape: [] });
  const failures: string[] = [];
  const loadNew = () =>
    loadProgram(flags, [
      checkModule((message) => failures.push(message)),
      ...modules,
    ]);
  const { name, checks } = findChecks(loadNew);
  const selected = checks.filter((it) =>
    isSelected(`${name}.${it}`, flags.gtest_filter)
  );
  if (flags.gtest_list_tests) {
    console.log([`${name}.`, ...selected.map((it) => `  ${it}`)].join("\n"));
    return true;
  }
  return runChecks(
    name,
    selected.map((function_): Check => ({
      name: function_,
      run: () => {
        failures.length = 0;
        using program = loadNew();
        callProfiled(program, function_, flags);
        return failures;
      },
    })),
    { now: () => performance.now(), print: (line) => console.log(line) },
  );
}

function findChecks(
  loadNew: () => LoadedProgram,
): { name: string; checks: readonly string[] } {
  using program = loadNew();
  const { modules } = program.context;
  const main = modules[modules.length - 1]!;
  const checks = main.exports.filter(({ name }) =>
    !name.startsWith("__") && !name.includes("$")
  );
  for (const { name, callingConvention } of checks) {
    if (/^0v?_v?$/.test(callingConvention)) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      "expected function with no inputs or outputs, but export " +
        `'${name}' has signature '${callingConvention}'`,
    );
  }
  return { name: main.name, checks: checks.map(({ name }) => name) };
}

function callProfiled(
  program: LoadedProgram,
  name: string,
  flags: CheckFlags,
): void {
  using stack = new DisposableStack();
  const [device] = program.devices;
  const found = stack.use(program.lookupFunction(name));
  const profiling = device !== undefined && isProfiling(flags)
    ? stack.use(Profiling.begin(device))
    : undefined;
  found.call();
  profiling?.end();
}
