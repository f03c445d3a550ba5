import { printReplay } from "../../replay/print_recording.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { printBytes } from "../common/write_file.ts";
import { onlyRecording } from "./flags.ts";

const FLAGS = {
  format: {
    kind: "choice",
    choices: ["text", "jsonl"],
    help: ["Text, or a JSON object per line."],
  },
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Prints what a recording contains.

Usage: iree replay dump RECORDING [--format=jsonl]

Prints what iree-dump-replay prints.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.
`;

/** `iree replay dump`. */
export const DUMP: Command = {
  summary: "prints what a recording contains",
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
  const { bytes, failure } = printReplay(
    onlyRecording(operands),
    flags.format === "jsonl",
  );
  printBytes(bytes);
  if (failure !== undefined) throw failure;
}
