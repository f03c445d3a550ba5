import {
  Instance,
  IreeError,
  type ParameterIndex,
  type ParameterProvider,
} from "../../../mod.ts";
import { writeFile } from "../common/write_file.ts";
import type { Command } from "../common/command.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import {
  openFiles,
  PARAMETER_MODE_FLAG,
  PARAMETERS_FLAG,
  splitArguments,
  splitOnce,
} from "./files.ts";
import { describeScope, formatScope, printText } from "./listing.ts";

const FLAGS = {
  parameters: PARAMETERS_FLAG,
  parameter_mode: PARAMETER_MODE_FLAG,
  extract: {
    kind: "list",
    value: "[SCOPE::]KEY=FILE",
    help: ["Writes a parameter's contents, or its splat, to a file."],
  },
  json: {
    kind: "boolean",
    help: ["Prints JSON; bytes are hexadecimal digits."],
  },
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Lists the parameters in files, without reading their contents.

Usage: iree parameters dump [FLAGS] [SCOPE=]FILE…

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Examples:
  iree parameters dump model.safetensors
  iree parameters dump --json model=model.irpa | jq '.[0].parameters[].key'
  iree parameters dump model.gguf --extract=token_embd.weight=weight.bin
`;

/** `iree parameters dump`. */
export const DUMP: Command = {
  summary: "lists parameters and extracts their contents",
  flags: FLAGS,
  run: dump,
};

/** How much of a parameter is in memory at a time. */
const PIECE_LENGTH = 2 ** 22;

async function dump(args: readonly string[]): Promise<void> {
  const { flags: flagArgs, files } = splitArguments(args);
  const flags = parseFlags(FLAGS, flagArgs);
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const extractions = flags.extract.map((text) => {
    const [name, path] = splitOnce(text, "=");
    if (path) return { name, path };
    throw new UsageError(
      `--extract must be [scope::]key=file, got '${text}'`,
    );
  });
  using stack = new DisposableStack();
  const instance = stack.use(Instance.open());
  const providers = openFiles(
    instance,
    [...flags.parameters, ...files],
    flags.parameter_mode,
    stack,
  );
  const found = extractions.map(({ name, path }) => ({
    ...findParameter(providers, name),
    name,
    path,
  }));
  if (flags.json) {
    console.log(JSON.stringify(providers.map(describeScope), null, 2));
  } else {
    printText(providers.map(formatScope).join(""));
  }
  for (const { index, key, name, path } of found) {
    const { byteLength } = index.lookup(key);
    const message = `Extracting parameter \`${name}\` (${byteLength}b) to ` +
      `\`${path}\`...`;
    if (flags.json) console.error(message);
    else console.log(message);
    await extract(index, key, path);
  }
}

interface Found {
  readonly index: ParameterIndex;
  readonly key: string;
}

// A key may contain `::`.
function findParameter(
  providers: readonly ParameterProvider[],
  name: string,
): Found {
  const [before, after] = splitOnce(name, "::");
  const whole = indexOf(providers, "");
  if (after === undefined || whole?.has(name)) {
    const index = whole ?? missingScope("", providers);
    return { index, key: index.lookup(name).key };
  }
  const index = indexOf(providers, before) ?? missingScope(before, providers);
  return { index, key: index.lookup(after).key };
}

function indexOf(
  providers: readonly ParameterProvider[],
  scope: string,
): ParameterIndex | undefined {
  return providers.find((it) => it.scope === scope)?.index;
}

function missingScope(
  scope: string,
  providers: readonly ParameterProvider[],
): never {
  const scopes = providers.map((it) => `'${it.scope}'`).join(", ");
  throw new IreeError("NOT_FOUND", `no parameters of scope '${scope}'`, {
    hint: `scopes given: ${scopes}; name a parameter as scope::key`,
  });
}

async function extract(
  index: ParameterIndex,
  key: string,
  path: string,
): Promise<void> {
  const { byteLength } = index.lookup(key);
  // Creates no file if the contents cannot be read.
  index.read(key, { length: 0 });
  await writeFile(path, piecesOf(index, key, byteLength));
}

function* piecesOf(
  index: ParameterIndex,
  key: string,
  byteLength: number,
): Generator<Uint8Array<ArrayBuffer>> {
  for (let offset = 0; offset < byteLength; offset += PIECE_LENGTH) {
    const length = Math.min(PIECE_LENGTH, byteLength - offset);
    yield index.read(key, { offset, length });
  }
}
