import {
  Instance,
  IreeError,
  List,
  type LoadedProgram,
  type Module,
  ParameterIndex,
  type ParameterProvider,
} from "../../../mod.ts";
import type { Command } from "../common/command.ts";
import {
  FLAGFILE_HELP,
  type FlagValues,
  formatFlags,
  parseFlags,
} from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
} from "../common/task_flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { DEVICE_FLAGS, MAIN_FLAGS } from "../run/flags.ts";
import { loadProgram } from "../run/program.ts";
import { readStdinModules } from "../run/sources.ts";
import {
  type EncodedScope,
  formatEncoded,
  indexEncoded,
  readEncodedScopes,
} from "./encoded_scopes.ts";
import { findTargets, type Target } from "./encoder_targets.ts";
import { QUIET_FLAG, splitOnce } from "./files.ts";
import { formatScope, printText, RULE } from "./listing.ts";

const { device, module, module_mode, parameter_mode, parameters } = MAIN_FLAGS;

const FLAGS = {
  module,
  module_mode,
  parameters,
  parameter_mode,
  output: {
    kind: "list",
    value: "[SCOPE=]FILE",
    help: ["The archive to write for a scope (.irpa); repeat for several."],
  },
  target: {
    kind: "text",
    value: "NAME",
    default: "",
    help: ["The target to encode for; the encoder's first one by default."],
  },
  list_targets: {
    kind: "boolean",
    help: ["Lists the targets that the encoder has, and exits."],
  },
  list_parameters: {
    kind: "boolean",
    help: ["Lists the parameters that would be encoded, and exits."],
  },
  quiet: QUIET_FLAG,
  device,
  device_allocator: DEVICE_FLAGS.device_allocator,
  device_lead_allocator: DEVICE_FLAGS.device_lead_allocator,
  trace_execution: {
    kind: "boolean",
    help: ["Prints every VM operation to stderr."],
  },
  ...TASK_TOPOLOGY_FLAGS,
  ...TASK_WORKER_FLAGS,
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

type EncodeFlags = FlagValues<typeof FLAGS>;

const HELP = `Encodes parameters with a program that the compiler made for it.

Usage: iree parameters encode --module=ENCODER --parameters=FILE… --output=FILE…

The encoder computes once what the model would compute from its parameters each
time it is loaded.

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Examples:
  iree-compile model.mlir --iree-parameter-encoder-output-file=encoder.mlir \\
      -o model.vmfb
  iree-compile encoder.mlir -o encoder.vmfb
  iree parameters encode --module=encoder.vmfb \\
      --parameters=model=input.irpa --output=encoded=encoded.irpa
  iree run --module=model.vmfb --parameters=model=input.irpa \\
      --parameters=encoded=encoded.irpa
`;

/** `iree parameters encode`. */
export const ENCODE: Command = {
  summary: "encodes parameters with an encoder of the compiler's",
  flags: FLAGS,
  run: encode,
};

function encode(args: readonly string[]): void {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  if (flags.module.length === 0) {
    throw new UsageError("no modules specified; use --module=path.vmfb");
  }
  const outputs = new Map(flags.output.map(parseOutput));
  const isListing = flags.list_targets || flags.list_parameters;
  if (outputs.size === 0 && !isListing) {
    throw new UsageError(
      "no output specified; use --output=[scope=]path.irpa",
    );
  }
  using stack = new DisposableStack();
  const instance = stack.use(Instance.open());
  const { target, scopes } = prepare(flags, stack);
  if (scopes === undefined) return;
  if (flags.list_parameters) {
    printText(scopes.map(formatEncoded).join(""));
    return;
  }
  const written = scopes.filter(({ scope }) => outputs.has(scope));
  const providers = [...outputs].map(([scope, path]): ParameterProvider => ({
    scope,
    // The encoder pads parameters, and writes parts of them.
    partial: true,
    index: stack.use(
      createArchive(
        instance,
        path,
        written.find((it) => it.scope === scope),
      ),
    ),
  }));
  runEncoder(flags, target, providers);
  if (flags.quiet) return;
  for (const provider of providers) {
    const path = outputs.get(provider.scope)!;
    const { size } = Deno.statSync(path);
    printText(
      `${RULE}\n// Output: ${path} (${size} bytes)\n${formatScope(provider)}`,
    );
  }
}

function parseOutput(text: string): [scope: string, path: string] {
  const [scope, path] = splitOnce(text, "=");
  return path === undefined ? ["", scope] : [scope, path];
}

/** Reads what the encoder produces; prints targets if that is all. */
function prepare(
  flags: EncodeFlags,
  stack: DisposableStack,
): { target: Target; scopes: readonly EncodedScope[] | undefined } {
  using program = loadProgram(flags, readStdinModules(flags.module));
  const encoder = mainModule(program);
  const targets = findTargets(encoder);
  const target = selectTarget(targets, flags.target);
  if (flags.list_targets) {
    printTargets(encoder, targets);
    return { target, scopes: undefined };
  }
  const indices = stack.use(callForList(program, target.indices));
  return { target, scopes: readEncodedScopes(indices) };
}

function mainModule({ context }: LoadedProgram): Module {
  return context.modules[context.modules.length - 1]!;
}

function selectTarget(
  targets: readonly Target[],
  name: string | undefined,
): Target {
  const target = name === undefined
    ? targets[0]
    : targets.find((it) => it.name === name);
  if (target !== undefined) return target;
  throw new IreeError(
    "NOT_FOUND",
    `target '${name}' not found in encoder module; use --list-targets to see ` +
      "available targets",
  );
}

function printTargets(encoder: Module, targets: readonly Target[]): void {
  console.log(`Encoder module: ${encoder.name}\nAvailable targets:`);
  for (const { name, scopes } of targets) {
    console.log(`  ${name}${scopes === "" ? "" : `\n    scopes: ${scopes}`}`);
  }
}

function callForList(program: LoadedProgram, name: string): List {
  using found = program.lookupFunction(name);
  const result = found.call();
  if (result instanceof List) return result;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `function '${name}' of the encoder must return a list`,
  );
}

/** Creates an archive with room for what is encoded. */
function createArchive(
  instance: Instance,
  path: string,
  encoded: EncodedScope | undefined,
): ParameterIndex {
  using index = ParameterIndex.create(instance);
  const { expand, alignment } = indexEncoded(index, encoded);
  index.writeArchive(path, { expand, alignment });
  return ParameterIndex.fromFile(instance, path, { writable: "file" });
}

function runEncoder(
  flags: EncodeFlags,
  { steps, encode }: Target,
  providers: readonly ParameterProvider[],
): void {
  using program = loadProgram(
    flags,
    readStdinModules(flags.module),
    providers,
  );
  using stack = new DisposableStack();
  const list = steps === undefined
    ? null
    : stack.use(callForList(program, steps));
  using found = stack.use(program.lookupFunction(encode));
  found.call(list);
}
