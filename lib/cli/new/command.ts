import { basename, dirname, join, resolve } from "@std/path";
import { IreeError, runtime } from "../../../mod.ts";
import { ownValue } from "../../base/own_value.ts";
import { shellWord } from "../../base/shell_word.ts";
import { InterruptionWatch } from "../common/interruption.ts";
import type { Command } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { appFiles } from "./app.ts";
import { hostModuleFiles } from "./host_module.ts";
import { moduleFiles } from "./module.ts";
import {
  type ProjectCommands,
  projectCommands,
  type ProjectFiles,
} from "./project.ts";

const FLAGS = {
  typescript: {
    kind: "boolean",
    help: ["Makes the module in TypeScript, with a program that imports it."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const COMMANDS = projectCommands(runtime.checkout);

const HELP = `Creates a starter project in the folder PATH.

Usage: iree new [FLAGS] module|app PATH

  module  a native module in C++, built with CMake, and a test that loads it
  app     a program in MLIR, and a program in TypeScript that runs it

The last part of PATH is the project's name; \`.\` is the current folder, which may
contain other files. Module names are lowercase letters, digits and _, starting
with a letter; - becomes _.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree new app my-app && cd my-app && ${COMMANDS.deno} task test
  iree new module dice --typescript && cd dice && ${COMMANDS.deno} task test
  iree new module tokenizer && cd tokenizer && ${COMMANDS.deno} task test
`;

const KINDS: Readonly<
  Record<string, (name: string, commands: ProjectCommands) => ProjectFiles>
> = {
  module: moduleFiles,
  app: appFiles,
};

/** Names that are reserved in C++, CMake or IREE. */
const TAKEN = new Set(
  ("hal vm vmvx iree std int char bool float double void auto new delete this " +
    "class struct enum union namespace template public private return if else " +
    "for while do switch case default break continue true false module app " +
    "test all install clean package help depend build")
    .split(" "),
);

/** `iree new`. */
export const NEW: Command = {
  summary: "creates a project: a native module or an app",
  flags: FLAGS,
  words: Object.keys(KINDS),
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const isFlag = (arg: string) => arg.startsWith("-");
  const flags = parseFlags(FLAGS, args.filter(isFlag));
  if (flags.help) return printHelp(HELP);
  const [kind = "", path, ...rest] = args.filter((arg) => !isFlag(arg));
  const makeFiles = kind === "module" && flags.typescript
    ? hostModuleFiles
    : ownValue(KINDS, kind);
  if (flags.typescript && kind === "app") {
    throw new UsageError("--typescript applies to modules; apps have no C++");
  }
  if (makeFiles === undefined) {
    const kinds = Object.keys(KINDS).join(" or ");
    throw new UsageError(`the kind of project must be ${kinds}, got '${kind}'`);
  }
  if (path === undefined || rest.length > 0) {
    throw new UsageError("iree new needs exactly one PATH");
  }
  const folder = resolve(path);
  const name = projectName(kind, basename(folder));
  await writeProject(path, makeFiles(name, COMMANDS));
  const isHere = folder === Deno.cwd();
  const enter = isHere ? "" : `cd ${shellWord(path)} && `;
  console.log(
    `created ${isHere ? name : path}; next, run\n` +
      `  ${enter}${COMMANDS.deno} task test\n` +
      "its README.md has the details",
  );
}

/** Returns a project's name, which its folder determines. */
function projectName(kind: string, folder: string): string {
  if (folder === "" || folder === "/") {
    throw new UsageError("a project needs its own folder");
  }
  if (kind !== "module") return folder;
  const name = folder.replaceAll("-", "_");
  if (TAKEN.has(name)) {
    throw new UsageError(
      `'${folder}' cannot be a module name: it is reserved in C++, CMake or ` +
        "IREE",
    );
  }
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new UsageError(
      `'${folder}' cannot be a module name: names are lowercase letters, ` +
        "digits and _, starting with a letter",
    );
  }
  return name;
}

/** Writes all of a project's files, or none. */
async function writeProject(path: string, files: ProjectFiles): Promise<void> {
  const isNew = await makeFolder(path);
  const written: string[] = [];
  let whole = path;
  using watch = new InterruptionWatch();
  const { signal } = watch;
  try {
    for (const [name, text] of Object.entries(files)) {
      whole = join(path, name);
      await Deno.writeTextFile(whole, text, { createNew: true });
      written.push(whole);
      signal.throwIfAborted();
    }
  } catch (error) {
    if (isNew) await Deno.remove(path, { recursive: true });
    else await Promise.all(written.map((it) => Deno.remove(it)));
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw alreadyThere(whole);
  }
}

/** Creates a folder; returns whether it is new. */
async function makeFolder(path: string): Promise<boolean> {
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    await Deno.mkdir(path);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // `.` may exist already.
    if (/^\.\.?$/.test(basename(path))) return false;
    throw alreadyThere(path);
  }
}

function alreadyThere(path: string): IreeError {
  return new IreeError("ALREADY_EXISTS", `'${path}' already exists`, {
    hint: "choose another name or folder",
  });
}
