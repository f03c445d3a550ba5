import { Instance, ParameterIndex } from "../../../mod.ts";
import { parseTensor } from "../../tooling/mod.ts";
import type { Command } from "../common/command.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import {
  needOutput,
  OUTPUT_FLAG,
  QUIET_FLAG,
  splitArguments,
  splitOnce,
  writeWithProgress,
} from "./files.ts";
import { printArchive } from "./listing.ts";
import { parsePattern } from "./pattern.ts";

const FLAGS = {
  data: {
    kind: "list",
    value: "KEY=SHAPExTYPE[=VALUE]",
    help: [
      "Adds a parameter whose contents are stored: all its values, or one",
      "repeated value; zero by default.",
    ],
  },
  splat: {
    kind: "list",
    value: "KEY=SHAPExTYPE[=VALUE]",
    help: [
      "Adds a parameter of one repeated value, which takes no space; zero by default.",
    ],
  },
  alignment: {
    kind: "integer",
    min: 1,
    value: "BYTES",
    help: ["Alignment of contents in the archive; 64 by default."],
  },
  output: OUTPUT_FLAG,
  quiet: QUIET_FLAG,
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Creates an archive of placeholder parameters.

Usage: iree parameters create [FLAGS] --output=FILE

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Examples:
  iree parameters create --data=a=4096xf32 --data=b=8x2xf32=2.1 \\
      --output=stored.irpa
  iree parameters create --data=bias=2x2xf32=1,2,3,4 --output=bias.irpa
  iree parameters create --splat=a=4096xf32=4.1 --output=tiny.irpa
`;

/** `iree parameters create`. */
export const CREATE: Command = {
  summary: "creates an archive of placeholder parameters",
  flags: FLAGS,
  run: create,
};

async function create(args: readonly string[]): Promise<void> {
  const { flags: flagArgs, files } = splitArguments(args);
  const flags = parseFlags(FLAGS, flagArgs);
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  if (files.length > 0) throw new UsageError(`unexpected '${files[0]}'`);
  const output = needOutput(flags.output);
  const { alignment } = flags;
  using stack = new DisposableStack();
  const instance = stack.use(Instance.open());
  const index = stack.use(ParameterIndex.create(instance));
  for (const text of flags.splat) declare(instance, index, "splat", text);
  const expand = flags.data.flatMap((text) =>
    declare(instance, index, "data", text)
  );
  await writeWithProgress(index, output, { alignment, expand });
  if (!flags.quiet) printArchive(instance, output);
}

// Returns the keys of splats; the contents of --data are stored.
function declare(
  instance: Instance,
  index: ParameterIndex,
  flag: "data" | "splat",
  text: string,
): string[] {
  const [key, value] = splitOnce(text, "=");
  if (!value) {
    throw new UsageError(`--${flag}=${text} has no type; use key=4xf32=1`);
  }
  if (hasValues(value)) {
    if (flag === "data") {
      using tensor = parseTensor(instance, value);
      index.addData(key, tensor.toBytes());
      return [];
    }
    throw new UsageError(
      `--splat=${text} must have one value; use --data for several`,
    );
  }
  const { bytes, byteLength } = parsePattern(instance, value);
  index.addSplat(key, byteLength, bytes);
  return [key];
}

function hasValues(text: string): boolean {
  const [, values = ""] = splitOnce(text, "=");
  return values.split(/[\s,[\]]+/).filter((it) => it !== "").length > 1;
}
