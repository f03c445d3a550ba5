import { IreeError } from "../../../mod.ts";
import { readExecutables } from "../../inspect/mod.ts";
import { disassemble, flatbufferToJson } from "../../tooling/mod.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { printBytes, writeBytes } from "../common/write_file.ts";
import { disassembleMachineCode } from "./machine_code.ts";

const FLAGS = {
  output: {
    kind: "choice",
    choices: ["disassembly", "flatbuffer-json"],
    help: [
      "What to print: the VM bytecode, or the whole program as JSON, with its",
      "bytecode and constants as numbers.",
    ],
  },
  function: {
    kind: "text",
    value: "NAME",
    default: "",
    help: ["Disassembles only this function, by name or ordinal."],
  },
  bytecode_offsets: {
    kind: "boolean",
    help: ["Prints offsets before the lines of code."],
  },
  pretty: { kind: "boolean", help: ["Indents JSON."] },
  executables: {
    kind: "text",
    value: "FOLDER",
    default: "",
    help: [
      "Writes the code for devices to files instead: CPU libraries, SPIR-V,",
      "PTX and the like. Prints their names.",
    ],
  },
  machine_code: {
    kind: "boolean",
    help: [
      "Prints the machine code of CPU libraries instead, with llvm-objdump or",
      "objdump.",
    ],
  },
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Disassembles a compiled program.

Usage: iree disassemble [FLAGS] FILE

Prints the same as iree-dump-module with the same --output. FILE is a compiled
program, or - to read one from stdin. It is verified but never run, and its
requirements may be missing.

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree disassemble model.vmfb
  iree disassemble --function=main --bytecode_offsets model.vmfb
  iree disassemble --output=flatbuffer-json --pretty model.vmfb
  iree disassemble --executables=folder model.vmfb
`;

/** `iree disassemble`. */
export const DISASSEMBLE: Command = {
  summary: "prints the code of compiled programs",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const files: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => files.push(argument));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const [file, ...others] = files;
  if (file === undefined) throw new UsageError("no program; give a file");
  if (others.length > 0) {
    throw new UsageError(`unexpected argument '${others[0]}'; give one file`);
  }
  if (flags.executables !== undefined) {
    await writeExecutables(file, flags.executables);
  } else if (flags.machine_code) {
    await disassembleMachineCode(readExecutables(file));
  } else if (flags.output === "flatbuffer-json") {
    printBytes(flatbufferToJson(file, { pretty: flags.pretty }));
  } else {
    const { function: wanted, bytecode_offsets: offsets } = flags;
    const { text } = disassemble(file, { function: wanted, offsets });
    printBytes(new TextEncoder().encode(text));
  }
}

async function writeExecutables(
  file: string,
  folder: string,
): Promise<void> {
  const modules = readExecutables(file).flatMap(({ modules }) => modules);
  if (modules.length === 0) {
    throw new IreeError("NOT_FOUND", `'${file}' has no code for devices`);
  }
  Deno.mkdirSync(folder, { recursive: true });
  for (const { fileName, bytes } of modules) {
    const path = `${folder.replace(/\/+$/, "")}/${fileName}`;
    await writeBytes(path, bytes);
    console.log(path);
  }
}
