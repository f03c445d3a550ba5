import type { FlagTable } from "./flags.ts";

/** An exit status; `undefined` means 0. */
export type CommandStatus = number | void;

/** A command, such as `iree run`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Its flags, for help and shell completions. */
  readonly flags: FlagTable;
  /** Words that can follow its name, for shell completions. */
  readonly words?: readonly string[];
  /**
   * Runs the command.
   *
   * @param args The arguments after the command's name.
   * @returns The exit status; failures may throw instead.
   */
  run(args: readonly string[]): CommandStatus | Promise<CommandStatus>;
}

/** Commands by name. */
export type Commands = Readonly<Record<string, Command>>;
