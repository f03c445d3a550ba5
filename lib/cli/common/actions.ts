import { ownValue } from "../../base/own_value.ts";
import type { Command, CommandStatus } from "./command.ts";
import { printHelp } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** A command whose first argument names an action. */
export interface ActionOptions {
  /** The command's name. */
  readonly name: string;
  /** The command's summary. */
  readonly summary: string;
  /** The actions by name. */
  readonly actions: Readonly<Record<string, Command>>;
  /** The help's text before the actions. */
  readonly intro: string;
}

/**
 * Makes a command of actions, each with flags and a help of its own.
 *
 * @param options The actions.
 */
export function actionCommand(options: ActionOptions): Command {
  const { name, summary, actions, intro } = options;
  const words = Object.keys(actions);
  const width = Math.max(...words.map((it) => it.length)) + 2;
  const list = words
    .map((it) => `  ${it.padEnd(width)}${actions[it]!.summary}\n`).join("");
  const help = `${intro}
Actions:
${list}
Flags:
  --help  prints this help; after an action, the action's help

Exit status: 0 on success, 1 on failure, 2 for wrong usage.
`;
  return {
    summary,
    words,
    flags: Object.assign({}, ...Object.values(actions).map((it) => it.flags)),
    run: (args) => run(name, actions, help, args),
  };
}

async function run(
  command: string,
  actions: Readonly<Record<string, Command>>,
  help: string,
  [name, ...rest]: readonly string[],
): Promise<CommandStatus> {
  if (name === "--help" || name === "-h") {
    printHelp(help);
    return undefined;
  }
  const names = Object.keys(actions).join(", ");
  if (name === undefined) {
    throw new UsageError(`no action given; actions: ${names}`);
  }
  const action = ownValue(actions, name);
  if (action === undefined) {
    throw new UsageError(`unknown action '${name}'; actions: ${names}`);
  }
  try {
    return await action.run(rest);
  } catch (error) {
    if (error instanceof UsageError) error.command = `${command} ${name}`;
    throw error;
  }
}
