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
    help: ["Omits a parameter."],
  },
  rename: {
    kind: "list",
    value: "OLD=NEW",
    help: ["Renames a parameter."],
  },
  splat: {
    kind: "list",
    value: "KEY[=TYPE=VALUE]",
    help: [
      "Replaces a parameter's contents by one repeated value, such as f32=4.5,",
      "i8=123 or x32=CAFEF00D; zero by default. The contents take no space in",
      "the archive. Keys are those of the input files.",
    ],
  },
  strip: {
    kind: "boolean",
    help: ["Replaces all contents by zeros, except those that --splat names."],
  },
  quiet: QUIET_FLAG,
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Combines parameter files into one archive.

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
  summary: "combines parameter files into one archive, with changes",
  flags: FLAGS,
  run: convert,
};

type Flags = ReturnType<typeof parseFlags<typeof FLAGS>>;

/** The changes to parameters, by key. */
interface Changes {
  readonly excluded: ReadonlySet<string>;
  readonly renamed: ReadonlyMap<string, string>;
  readonly splats: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly strip: boolean;
}

async function convert(args: readonly string[]): Promise<void> {
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
  await writeWithProgress(target, output, {});
  if (!flags.quiet) printArchive(instance, output);
}

function parseChanges(instance: Instance, flags: Flags): Changes {
  const renamed = flags.rename.map((text) => {
    const [oldKey, newKey] = splitOnce(text, "=");
    if (newKey !== undefined) return [oldKey, newKey] as const;
    throw new UsageError(`--rename must be old=new, got '${text}'`);
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

// A misspelled key would silently change nothing.
function checkKeys(
  { excluded, renamed, splats }: Changes,
  providers: readonly ParameterProvider[],
): void {
  for (const key of [...excluded, ...renamed.keys(), ...splats.keys()]) {
    // If no file has the key, the first one throws.
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
    // The length of unreadable contents is unknown.
    const isCopied = pattern === undefined || entry.storage === "unreadable";
    if (isCopied) target.addFrom(source, key, newKey);
    else target.addSplat(newKey, byteLength, pattern, { metadata });
  } catch (error) {
    if (!(error instanceof IreeError) || error.code !== "ALREADY_EXISTS") {
      throw error;
    }
    throw error.withHint(
      "an archive has no scopes; rename one of the parameters with --rename, " +
        "or omit it with --exclude",
    );
  }
}
