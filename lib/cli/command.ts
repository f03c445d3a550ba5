import type { FlagTable } from "./flags.ts";

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
   */
  run(args: readonly string[]): void | Promise<void>;
}
