import { ownValue } from "../../base/own_value.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import type { FlagTable } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { CONVERT } from "./convert.ts";
import { CREATE } from "./create.ts";
import { DUMP } from "./dump.ts";

const ACTIONS: Readonly<Record<string, Command>> = {
  dump: DUMP,
  convert: CONVERT,
  create: CREATE,
};

const HELP = `Tells of files of parameters, and makes archives of them.

Usage: iree parameters ACTION [FLAGS]

Actions:
${
  Object.entries(ACTIONS)
    .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}\n`).join("")
}
Flags:
  --help  prints this help; after an action that of the action

Exit status: 0 when the action succeeded, 1 when something failed, 2 for wrong
usage.
`;

const FLAGS: FlagTable = Object.assign(
  {},
  ...Object.values(ACTIONS).map(({ flags }) => flags),
);

/** `iree parameters`. */
export const PARAMETERS: Command = {
  summary: "tells of files of parameters, and makes archives of them",
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
    throw new UsageError(`an action is missing; there is ${names()}`);
  }
  const action = ownValue(ACTIONS, name);
  if (action === undefined) {
    throw new UsageError(`no action '${name}'; there is ${names()}`);
  }
  try {
    return await action.run(rest);
  } catch (error) {
    if (error instanceof UsageError) error.command = `parameters ${name}`;
    throw error;
  }
}

function names(): string {
  return Object.keys(ACTIONS).join(", ");
}
