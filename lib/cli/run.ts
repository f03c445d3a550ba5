import {
  type CallResult,
  IreeError,
  List,
  load,
  type LoadedProgram,
  type ModuleMode,
  type Value,
  type VmFunction,
} from "../../mod.ts";
import type { Command } from "./command.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "./flags.ts";
import { parseScalarInput } from "./scalar_input.ts";
import { printHelp } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const FLAGS = {
  module: {
    kind: "list",
    value: "FILE",
    help: [
      "A module to load; repeat it for several. The last one is the main one,",
      "and one that others need comes before them. Forms:",
      "  program.vmfb                  a compiled program",
      "  -                             a compiled program from stdin",
      "  library.so                    a native module, by its default export",
      "  library.so@export             a native module, by an export's name",
      "  library.so@export?key=value&… the same with parameters",
    ],
  },
  module_mode: {
    kind: "choice",
    choices: ["preload", "mmap"],
    help: ["How files of programs get into memory: read or mapped."],
  },
  function: {
    kind: "text",
    value: "NAME",
    help: [
      "The function of the main module to run. It can be left out when there",
      "is only one.",
    ],
  },
  device: {
    kind: "list",
    value: "URI",
    help: [
      "The device for programs that need one: driver[://path][?params], such",
      "as local-sync or local-task (the default).",
    ],
  },
  input: {
    kind: "list",
    value: "VALUE",
    help: [
      "An argument of the function; repeat it for several, in order.",
      "  3  0x10  -1.5e3  inf  nan     a scalar",
      "  (null)                        a null reference",
    ],
  },
  trace_execution: {
    kind: "boolean",
    help: ["Prints every operation of the VM to stderr."],
  },
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Runs a function of a compiled program and prints its results.

Usage: iree run --module=FILE… [--function=NAME] [--input=VALUE…]

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 when the function succeeded, 1 when something failed, 2 for
wrong usage.

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

function run(args: readonly string[]): void {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  if (flags.module.length === 0) {
    throw new UsageError(
      "no user module specified; use --module=file.vmfb to load from a file " +
        "or --module=- to load from stdin",
    );
  }
  refuseRepeats(flags.device, "--device");
  refuseRepeats(flags.module.filter((it) => it === "-"), "--module=-");
  using program = load({
    modules: flags.module,
    moduleMode: flags.module_mode as ModuleMode,
    device: flags.device[0],
    traceExecution: flags.trace_execution,
  });
  // An empty name is none, as when a script leaves it open.
  const name = flags.function || onlyFunction(program);
  const found = program.lookupFunction(name);
  const values = parseInputs(found, flags.input);
  console.log(`EXEC @${found.name}`);
  printResults(program, found, found.call(...values));
}

function refuseRepeats(values: readonly string[], flag: string): void {
  if (values.length > 1) throw new UsageError(`${flag} can be given once`);
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

// Inputs that are missing are for the call to complain about.
function parseInputs(found: VmFunction, inputs: readonly string[]): Value[] {
  const types = found.argumentTypes;
  if (inputs.length > types.length) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `function expected fewer input values; '${found.name}' takes ` +
        `${types.length} but was given ${inputs.length}`,
    );
  }
  return inputs.map((input, ordinal) => {
    const type = types[ordinal];
    if (type !== "ref") return parseScalarInput(input, type, ordinal);
    if (input === "(null)") return null;
    throw new IreeError(
      "UNIMPLEMENTED",
      `input ${ordinal}: '${input}' for a reference; only (null) can be given`,
    );
  });
}

function printResults(
  program: LoadedProgram,
  found: VmFunction,
  result: CallResult,
): void {
  const types = found.resultTypes;
  const values = Array.isArray(result) ? result : [result ?? null];
  using list = List.create(program.context.instance);
  for (const [ordinal, type] of types.entries()) {
    const value = values[ordinal];
    list.push(value, type === "ref" ? undefined : type);
    if (value !== null && typeof value === "object") value.dispose();
  }
  const text = list.format("result");
  if (text !== "") console.log(text.slice(0, -1));
}
