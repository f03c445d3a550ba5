import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { Conversation } from "./conversation.ts";
import { FLAGS } from "./flags.ts";
import { readLines } from "./read_lines.ts";
import { loadForChat } from "./load_model.ts";

const HELP =
  `Chats with a language model: answers each line of input, or one MESSAGE.

Usage: iree chat MODEL [MESSAGE] [FLAGS]

MODEL is a .gguf file, or a folder with config.json, safetensors and
tokenizer.json. Ctrl-C stops an answer; between answers, it ends the program.

Flags:
${formatFlags(FLAGS)}
Examples:
  iree chat model.gguf
  iree chat model.gguf "Why is the sky blue?" --weights=int8 --max-tokens=64
  iree chat model.gguf --system="You are brief." --temperature=0.7 --top-p=0.9
`;

/** `iree chat`. */
export const CHAT: Command = {
  summary: "chats with a language model",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const operands: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => operands.push(argument));
  if (flags.help) return printHelp(HELP);
  const [path, message, ...others] = operands;
  if (path === undefined) throw new UsageError("no MODEL to talk with");
  if (others.length > 0) {
    throw new UsageError(
      `at most one MESSAGE can be given; quote it, got '${others[0]}', too`,
    );
  }
  if (flags.system !== undefined && flags.complete) {
    throw new UsageError("--system needs the template, without --complete");
  }
  using model = await loadForChat(path, flags);
  using conversation = new Conversation(model, flags);
  if (message !== undefined) {
    return await conversation.answer(message) ? 0 : 130;
  }
  for await (const line of readLines()) {
    if (line.trim() !== "") await conversation.answer(line);
  }
}
