/**
 * The command line: `iree COMMAND`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { main } from "@iree/runtime/cli";
 *
 * assertEquals(await main(["--help"]), 0);
 * assertEquals(await main(["no-such-command"]), 2);
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { ownValue } from "./lib/base/own_value.ts";
import type {
  Command,
  Commands,
  CommandStatus,
} from "./lib/cli/common/command.ts";
import type { Flag, FlagTable } from "./lib/cli/common/flags.ts";
import { suggestion } from "./lib/base/suggestion.ts";
import { isFailure, printFailure } from "./lib/cli/common/failure.ts";
import { Interruption } from "./lib/cli/common/interruption.ts";
import { printError, printHelp } from "./lib/cli/common/terminal.ts";
import { UsageError } from "./lib/cli/common/usage_error.ts";
import { runtime } from "./mod.ts";

/** Flags before a command; `--verbose` works after one as well. */
const FLAGS: FlagTable & { readonly verbose: Flag } = {
  help: {
    kind: "boolean",
    help: ["prints this help; `iree help COMMAND` prints a command's"],
  },
  version: {
    kind: "boolean",
    help: ["prints version numbers, as `iree version` does"],
  },
  verbose: {
    kind: "boolean",
    help: ["prints stack traces of errors; also works after a command"],
  },
};

/** The commands. Only the one that runs is imported, for a fast start. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./lib/cli/run/command.ts")).RUN,
  benchmark: async () =>
    (await import("./lib/cli/benchmark/command.ts")).BENCHMARK,
  check: async () => (await import("./lib/cli/check/command.ts")).CHECK,
  compile: async () => (await import("./lib/cli/compile/command.ts")).COMPILE,
  import: async () => (await import("./lib/cli/import.ts")).IMPORT,
  cache: async () => (await import("./lib/cli/cache.ts")).CACHE,
  serve: async () => (await import("./lib/cli/serve/command.ts")).SERVE,
  chat: async () => (await import("./lib/cli/chat/command.ts")).CHAT,
  inspect: async () => (await import("./lib/cli/inspect/command.ts")).INSPECT,
  profile: async () => (await import("./lib/cli/profile/command.ts")).PROFILE,
  replay: async () => (await import("./lib/cli/replay/command.ts")).REPLAY,
  disassemble: async () =>
    (await import("./lib/cli/disassemble/command.ts")).DISASSEMBLE,
  tokenize: async () =>
    (await import("./lib/cli/tokenize/command.ts")).TOKENIZE,
  devices: async () => (await import("./lib/cli/devices.ts")).DEVICES,
  parameters: async () =>
    (await import("./lib/cli/parameters/command.ts")).PARAMETERS,
  setup: async () => (await import("./lib/cli/setup/command.ts")).SETUP,
  doctor: async () => (await import("./lib/cli/doctor.ts")).DOCTOR,
  sdk: async () => (await import("./lib/cli/sdk.ts")).SDK,
  new: async () => (await import("./lib/cli/new/command.ts")).NEW,
  completions: async () =>
    (await import("./lib/cli/completions/command.ts"))
      .completionsCommand(importCommands, FLAGS),
};

async function importCommands(): Promise<Commands> {
  const commands: Record<string, Command> = {};
  for (const [name, importCommand] of Object.entries(COMMANDS)) {
    commands[name] = await importCommand();
  }
  return commands;
}

function formatHelp(commands: Commands): string {
  return `IREE's runtime on the command line.

Usage: iree COMMAND [FLAGS]

Commands:
${
    Object.entries(commands)
      .map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}\n`).join("")
  }
Flags:
${
    Object.entries(FLAGS)
      .map(([name, { help }]) => `  --${name.padEnd(11)}${help[0]}\n`).join("")
  }
Exit status: 0 on success, 1 on failure, 2 for wrong usage.
`;
}

/**
 * Runs the command line.
 *
 * Prints errors to standard error.
 *
 * @param args The arguments, starting with the command's name.
 * @returns The exit status: 0 on success, 1 on failure, 2 for wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  const verbose = args.includes("--verbose");
  try {
    return await dispatch(args.filter((arg) => arg !== "--verbose")) ?? 0;
  } catch (error) {
    if (error instanceof Interruption) return error.status;
    if (error instanceof UsageError) {
      printError(`${error.message}\n\nsee \`${error.help}\``);
      return 2;
    }
    if (isFailure(error)) {
      printFailure(error, verbose);
      return 1;
    }
    throw error;
  }
}

async function dispatch(args: readonly string[]): Promise<CommandStatus> {
  const commandAt = args.findIndex((arg) => !arg.startsWith("-"));
  const own = commandAt < 0 ? args : args.slice(0, commandAt);
  const flags = parseArgs([...own], {
    boolean: ["help", "version"],
    alias: { h: "help", V: "version" },
    unknown: (argument) => {
      throw unknownFlag(argument);
    },
  });
  const [name = "help", ...rest] = args.slice(own.length);
  const [topic = ""] = rest;
  if (name === "version" && rest.length > 0) {
    throw new UsageError(`unexpected argument '${topic}' of iree version`);
  } else if (flags.version || name === "version") {
    printVersion();
  } else if (name === "help" && Object.hasOwn(COMMANDS, topic)) {
    return await runCommand(topic, ["--help"]);
  } else if (flags.help || name === "help") {
    printHelp(formatHelp(await importCommands()));
  } else {
    return await runCommand(name, rest);
  }
}

function unknownFlag(argument: string): UsageError {
  const names = Object.keys(FLAGS);
  const word = argument.replace(/^-+/, "").replace(/=.*$/s, "");
  const meant = word === "v"
    ? "; did you mean --version or --verbose?"
    : suggestion(word, names, "--");
  const known = names.map((name) => `--${name}`).join(", ");
  return new UsageError(
    `flag '${argument}' not recognized` +
      (meant || `; flags before a command: ${known}`),
  );
}

function unknownCommand(name: string): UsageError {
  const names = Object.keys(COMMANDS);
  const meant = name.endsWith(".vmfb")
    ? `; did you mean iree run ${name}?`
    : suggestion(name, [...names, "version"]);
  return new UsageError(
    `unknown command '${name}'${meant || `; commands: ${names.join(", ")}`}`,
  );
}

async function runCommand(
  name: string,
  args: readonly string[],
): Promise<CommandStatus> {
  const importCommand = ownValue(COMMANDS, name);
  if (importCommand === undefined) throw unknownCommand(name);
  try {
    const command = await importCommand();
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) error.command ??= name;
    throw error;
  }
}

function printVersion(): void {
  console.log(`deno ${Deno.version.deno}\npackage ${runtime.packageVersion}`);
  try {
    const { library, iree } = runtime.version();
    console.log(`library ${library}\niree ${iree}`);
  } catch (error) {
    if (!isFailure(error)) throw error;
    console.log("library none; run `iree doctor` to see why");
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
