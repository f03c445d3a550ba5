import { ownValue } from "../../base/own_value.ts";
import type { Command, Commands } from "../common/command.ts";
import type { Flag, FlagTable } from "../common/flags.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { bashScript, fishScript, zshScript } from "./scripts.ts";

const FLAGS = {
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Prints a shell completion script for iree.

Usage: iree completions bash|zsh|fish

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 2 for wrong usage.

Examples:
  iree completions bash > ~/.local/share/bash-completion/completions/iree
  iree completions zsh > ~/.zfunc/_iree      # a folder in fpath
  iree completions fish > ~/.config/fish/completions/iree.fish
`;

const SCRIPTS: Readonly<
  Record<string, (commands: Commands, flags: FlagTable) => string>
> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/**
 * Creates `iree completions`.
 *
 * @param importCommands Imports all commands.
 * @param flags Flags that precede a command.
 */
export function completionsCommand(
  importCommands: () => Promise<Commands>,
  flags: FlagTable & { readonly verbose: Flag },
): Command {
  return {
    summary: "prints shell completions",
    flags: FLAGS,
    words: Object.keys(SCRIPTS),
    run: async (args) => {
      const isFlag = (arg: string) => arg.startsWith("-");
      if (parseFlags(FLAGS, args.filter(isFlag)).help) return printHelp(HELP);
      const [shell = "", ...rest] = args.filter((arg) => !isFlag(arg));
      const script = ownValue(SCRIPTS, shell);
      if (script === undefined || rest.length > 0) {
        throw new UsageError(
          `the shell must be one of ${Object.keys(SCRIPTS).join(", ")}`,
        );
      }
      const commands = withFlags(await importCommands());
      console.log(script(commands, flags).trimEnd());
    },
  };

  /** Each command, including the flag that also works after one. */
  function withFlags(commands: Commands): Commands {
    const { verbose } = flags;
    return Object.fromEntries(
      Object.entries(commands).map(([name, command]) =>
        [name, { ...command, flags: { ...command.flags, verbose } }] as const
      ),
    );
  }
}
