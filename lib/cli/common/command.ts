import type { FlagTable } from "./flags.ts";

/** An exit status; nothing is 0. */
export type CommandStatus = number | void;

/** A command of the command line. */
export interface Command {
  /** One line about it, for the list of all commands. */
  readonly summary: string;
  /** The flags it takes, which the shells' completions offer too. */
  readonly flags: FlagTable;
  /** Words that can come first after its name, for the completions. */
  readonly words?: readonly string[];
  /**
   * Runs it.
   *
   * @param args The arguments after its name.
   * @returns The exit status, where it is not 0 though nothing was thrown.
   */
  run(args: readonly string[]): CommandStatus | Promise<CommandStatus>;
}

/** Commands by name. */
export type Commands = Readonly<Record<string, Command>>;
