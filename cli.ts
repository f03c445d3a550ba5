/**
 * The command line: `iree COMMAND`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { main } from "@iree/runtime/cli";
 *
 * assertEquals(main(["--help"]), 0);
 * assertEquals(main(["no-such-command"]), 2);
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { run, RUN_SUMMARY } from "./lib/cli/run.ts";
import { UsageError } from "./lib/cli/usage_error.ts";
import { IreeError, runtime } from "./mod.ts";

interface Command {
  readonly summary: string;
  run(args: readonly string[]): void;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: { summary: RUN_SUMMARY, run },
};

const HELP = `IREE's runtime on the command line.

Usage: iree COMMAND [FLAGS]

Commands:
${
  Object.entries(COMMANDS)
    .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}\n`).join("")
}
Flags:
  --help     prints this help; \`iree help COMMAND\` that of a command
  --version  prints the versions of what is used
`;

/**
 * Runs the command line.
 *
 * @param args The arguments, the name of the command first.
 * @returns The exit status: 0 for success, 1 when something failed, 2 for
 * wrong usage. What there is to say of it was printed.
 */
export function main(args: readonly string[]): number {
  try {
    dispatch(args);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error: ${error.message}\n\nsee \`${error.help}\``);
      return 2;
    }
    if (isFailure(error)) {
      console.error(`error: ${error.message.trimEnd()}`);
      return 1;
    }
    throw error;
  }
}

/** Failures of the runtime and of the system; anything else is a defect. */
function isFailure(error: unknown): error is Error {
  return error instanceof IreeError ||
    error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && "code" in error);
}

function dispatch(args: readonly string[]): void {
  const commandAt = args.findIndex((arg) => !arg.startsWith("-"));
  const own = commandAt < 0 ? args : args.slice(0, commandAt);
  const flags = parseArgs([...own], {
    boolean: ["help", "version"],
    alias: { h: "help", V: "version" },
    unknown: (argument) => {
      throw new UsageError(`flag '${argument}' not recognized`);
    },
  });
  const [name = "help", ...rest] = args.slice(own.length);
  if (flags.version) {
    printVersion();
  } else if (name === "help" && Object.hasOwn(COMMANDS, rest[0] ?? "")) {
    runCommand(rest[0], ["--help"]);
  } else if (flags.help || name === "help") {
    console.log(HELP.trimEnd());
  } else if (Object.hasOwn(COMMANDS, name)) {
    runCommand(name, rest);
  } else {
    throw new UsageError(
      `no command '${name}'; there is ${Object.keys(COMMANDS).join(", ")}`,
    );
  }
}

function runCommand(name: string, args: readonly string[]): void {
  try {
    COMMANDS[name].run(args);
  } catch (error) {
    if (error instanceof UsageError) error.help = `iree ${name} --help`;
    throw error;
  }
}

function printVersion(): void {
  const { library, iree } = runtime.version();
  console.log(`deno ${Deno.version.deno}\nlibrary ${library}\niree ${iree}`);
}

if (import.meta.main) Deno.exit(main(Deno.args));
