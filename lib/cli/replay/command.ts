import { ownValue } from "../../base/own_value.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import type { FlagTable } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { BENCHMARK } from "./benchmark.ts";
import { DUMP } from "./dump.ts";
import { RUN } from "./run.ts";

const ACTIONS: Readonly<Record<string, Command>> = {
  run: RUN,
  benchmark: BENCHMARK,
  dump: DUMP,
};

const HELP = `Replays what programs asked of devices, without the programs.

Usage: iree replay ACTION RECORDING [FLAGS]

\`iree run\` and \`iree benchmark\` record with --device_replay_output=FILE, as do
IREE's tools.

Actions:
${
  Object.entries(ACTIONS)
    .map(([name, { summary }]) => `  ${name.padEnd(11)}${summary}\n`).join("")
}
Flags:
  --help  prints this help; after an action, the action's help

Exit status: 0 on success, 1 on failure, 2 for wrong usage.
`;

const FLAGS: FlagTable = Object.assign(
  {},
  ...Object.values(ACTIONS).map(({ flags }) => flags),
);

/** `iree replay`. */
export const REPLAY: Command = {
  summary: "replays recordings of what programs asked of devices",
  flags: FLAGS,
  words: Object.keys(ACTIONS),
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") {
    printHelp(HELP);
    return undefined;
  }
  if (name === undefined) {
    throw new UsageError(`no action given; actions: ${names()}`);
  }
  const action = ownValue(ACTIONS, name);
  if (action === undefined) {
    throw new UsageError(`unknown action '${name}'; actions: ${names()}`);
  }
  try {
    return await action.run(rest);
  } catch (error) {
    if (error instanceof UsageError) error.command = `replay ${name}`;
    throw error;
  }
}

function names(): string {
  return Object.keys(ACTIONS).join(", ");
}
