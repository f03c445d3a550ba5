import {
  Instance,
  IreeError,
  type ParameterEntry,
  ParameterIndex,
  type ParameterProvider,
} from "../../../mod.ts";
import type { Command } from "../common/command.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import {
  needOutput,
  openFiles,
  OUTPUT_FLAG,
  PARAMETER_MODE_FLAG,
  PARAMETERS_FLAG,
  QUIET_FLAG,
  splitArguments,
  splitOnce,
  writeWithProgress,
} from "./files.ts";
import { printArchive } from "./listing.ts";
import { parseElement } from "./pattern.ts";

const FLAGS = {
  parameters: PARAMETERS_FLAG,
  parameter_mode: PARAMETER_MODE_FLAG,
  output: OUTPUT_FLAG,
  exclude: {
    kind: "list",
    value: "KEY",
    help: ["Leaves a parameter out."],
  },
  rename: {
    kind: "list",
    value: "OLD=NEW",
    help: ["Gives a parameter another key."],
  },
  splat: {
    kind: "list",
    value: "KEY[=TYPE=VALUE]",
    help: [
      "Replaces the contents of a parameter by one value again and again, such as",
      "f32=4.5, i8=123 or x32=CAFEF00D; zeros when none is given. It takes no",
      "space. Keys are those of the files.",
    ],
  },
  strip: {
    kind: "boolean",
    help: ["Replaces all contents by zeros, but those that --splat names."],
  },
  quiet: QUIET_FLAG,
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Makes one archive of files of parameters.

Usage: iree parameters convert [FLAGS] --output=FILE FILE…

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Examples:
  iree parameters convert model.safetensors --output=model.irpa
  iree parameters convert a.gguf b.safetensors --exclude=unneeded \\
      --rename=old=new --splat=bias=f32=4.2 --output=ab.irpa
  iree parameters convert model.irpa --strip --output=shapes.irpa
`;

/** `iree parameters convert`. */
export const CONVERT: Command = {
  summary: "makes an archive of other files, with changes",
  flags: FLAGS,
  run: convert,
};

type Flags = ReturnType<typeof parseFlags<typeof FLAGS>>;

/** What becomes of parameters, by their keys. */
interface Changes {
  readonly excluded: ReadonlySet<string>;
  readonly renamed: ReadonlyMap<string, string>;
  readonly splats: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly strip: boolean;
}

function convert(args: readonly string[]): void {
  const { flags: flagArgs, files } = splitArguments(args);
  const flags = parseFlags(FLAGS, flagArgs);
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const output = needOutput(flags.output);
  using stack = new DisposableStack();
  const instance = stack.use(Instance.open());
  const changes = parseChanges(instance, flags);
  const providers = openFiles(
    instance,
    [...flags.parameters, ...files],
    flags.parameter_mode,
    stack,
  );
  checkKeys(changes, providers);
  const target = stack.use(ParameterIndex.create(instance));
  for (const { index } of providers) {
    for (const entry of index.entries) add(target, index, entry, changes);
  }
  writeWithProgress(target, output, {});
  if (!flags.quiet) printArchive(instance, output);
}

function parseChanges(instance: Instance, flags: Flags): Changes {
  const renamed = flags.rename.map((text) => {
    const [oldKey, newKey] = splitOnce(text, "=");
    if (newKey !== undefined) return [oldKey, newKey] as const;
    throw new UsageError(`--rename=${text} is not old=new`);
  });
  const splats = flags.splat.map((text) => {
    const [key, value] = splitOnce(text, "=");
    const [type, element] = splitOnce(value ?? "i8", "=");
    return [key, parseElement(instance, type, element)] as const;
  });
  refuseRepeats("exclude", flags.exclude);
  refuseRepeats("rename", renamed.map(([key]) => key));
  refuseRepeats("splat", splats.map(([key]) => key));
  return {
    excluded: new Set(flags.exclude),
    renamed: new Map(renamed),
    splats: new Map(splats),
    strip: flags.strip,
  };
}

function refuseRepeats(flag: string, keys: readonly string[]): void {
  const repeated = keys.find((key, at) => keys.indexOf(key) < at);
  if (repeated === undefined) return;
  throw new UsageError(`--${flag} names '${repeated}' twice`);
}

// A key that is written wrong would change nothing, unseen.
function checkKeys(
  { excluded, renamed, splats }: Changes,
  providers: readonly ParameterProvider[],
): void {
  for (const key of [...excluded, ...renamed.keys(), ...splats.keys()]) {
    // Where none has it, the first one says so.
    const has = providers.some(({ index }) => index.has(key));
    if (!has) providers.at(0)?.index.lookup(key);
  }
}

function add(
  target: ParameterIndex,
  source: ParameterIndex,
  entry: ParameterEntry,
  changes: Changes,
): void {
  const { key, byteLength, metadata } = entry;
  if (changes.excluded.has(key)) return;
  const newKey = changes.renamed.get(key) ?? key;
  const pattern = changes.splats.get(key) ??
    (changes.strip ? new Uint8Array(1) : undefined);
  try {
    // What cannot be read has no length that is known.
    const isCopied = pattern === undefined || entry.storage === "unreadable";
    if (isCopied) target.addFrom(source, key, newKey);
    else target.addSplat(newKey, byteLength, pattern, { metadata });
  } catch (error) {
    if (!(error instanceof IreeError) || error.code !== "ALREADY_EXISTS") {
      throw error;
    }
    throw error.withHint(
      "an archive has no scopes: give one of them another key with --rename, " +
        "or leave it out with --exclude",
    );
  }
}
