import { dirname, join } from "@std/path";
import { IreeError, runtime } from "../../../mod.ts";
import type { Command } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { appFiles } from "./app.ts";
import { moduleFiles } from "./module.ts";
import {
  type ProjectCommands,
  projectCommands,
  type ProjectFiles,
} from "./project.ts";

const FLAGS = {
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const COMMANDS = projectCommands(runtime.checkout);

const HELP = `Makes the folder NAME with a project to begin with.

Usage: iree new module|app NAME

  module  a native module in C++, built with CMake, and a test that loads it
  app     a program in MLIR, and a program in TypeScript that runs it

NAME begins with a letter and goes on with small letters, digits and _.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 when the project was made, 1 when something failed, 2 for wrong
usage.

Example:
  iree new module tokenizer && cd tokenizer && ${COMMANDS.deno} task test
`;

const KINDS: Readonly<
  Record<string, (name: string, commands: ProjectCommands) => ProjectFiles>
> = {
  module: moduleFiles,
  app: appFiles,
};

/** Names that are C++'s, CMake's or IREE's own, and so cannot be a module's. */
const TAKEN = new Set(
  ("hal vm vmvx iree std int char bool float double void auto new delete this " +
    "class struct enum union namespace template public private return if else " +
    "for while do switch case default break continue true false module app " +
    "test all install clean package help depend build")
    .split(" "),
);

/** `iree new`. */
export const NEW: Command = {
  summary: "makes a project: a native module or an app",
  flags: FLAGS,
  words: Object.keys(KINDS),
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const isFlag = (arg: string) => arg.startsWith("-");
  if (parseFlags(FLAGS, args.filter(isFlag)).help) return printHelp(HELP);
  const [kind = "", name, ...rest] = args.filter((arg) => !isFlag(arg));
  if (!Object.hasOwn(KINDS, kind)) {
    const kinds = Object.keys(KINDS).join(" or ");
    throw new UsageError(`iree new makes a ${kinds}, not '${kind}'`);
  }
  if (name === undefined || rest.length > 0) {
    throw new UsageError("one NAME has to follow");
  }
  if (!/^[a-z][a-z0-9_]*$/.test(name) || TAKEN.has(name)) {
    throw new UsageError(
      `'${name}' cannot be the NAME of a project: ` +
        (TAKEN.has(name)
          ? "it means something else in C++, CMake or IREE"
          : "it has other characters than small letters, digits and _, or " +
            "begins with another one than a letter"),
    );
  }
  await writeProject(name, KINDS[kind](name, COMMANDS));
  console.log(
    `made ${name}; go on with\n  cd ${name} && ${COMMANDS.deno} task test\n` +
      "README.md there tells the rest",
  );
}

/** Writes all files into a new folder, or none. */
async function writeProject(name: string, files: ProjectFiles): Promise<void> {
  try {
    await Deno.mkdir(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new IreeError("ALREADY_EXISTS", `'${name}' is there already`, {
      hint: "choose another name, or another folder to be in",
    });
  }
  try {
    for (const [path, text] of Object.entries(files)) {
      const whole = join(name, path);
      await Deno.mkdir(dirname(whole), { recursive: true });
      await Deno.writeTextFile(whole, text, { createNew: true });
    }
  } catch (error) {
    await Deno.remove(name, { recursive: true });
    throw error;
  }
}
