import { copyArray, isFunction, mustBe, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { TextSource } from "./model_source.ts";

/** A message of a chat. */
export interface ChatMessage {
  /** Who wrote it: `system`, `user` or `assistant`. */
  role: string;
  /** Its text. */
  content: string;
}

/** Writes messages as a prompt, which ends where the answer begins. */
export type ChatTemplate = (messages: readonly ChatMessage[]) => string;

/** Options for chats. */
export interface ChatOptions {
  /**
   * The template, in Jinja or as a function.
   *
   * @default {that of the model}
   */
  template?: string | ChatTemplate | undefined;
}

const MESSAGE: OptionNames<ChatMessage> = { role: true, content: true };
const OPTIONS: OptionNames<ChatOptions> = { template: true };

/** The library that renders templates; loaded for the first one. */
const JINJA = "npm:@huggingface/jinja@0.5";

/** What is used of the library. */
interface Jinja {
  readonly Template: new (source: string) => {
    render(values: Record<string, unknown>): string;
  };
}

/** Checks and copies messages. */
export function readMessages(messages: readonly ChatMessage[]): ChatMessage[] {
  const copies: ChatMessage[] = [];
  copyArray("messages", messages, (message) => {
    const name = `messages[${copies.length}]`;
    const read = readOptions(message, MESSAGE, name);
    copies.push({
      role: toText(`${name}.role`, read.role),
      content: toText(`${name}.content`, read.content),
    });
  });
  return copies;
}

/**
 * Writes messages as a prompt.
 *
 * @param messages The messages.
 * @param options A template.
 * @param source The template and tokens of the model.
 * @param textOf Returns the text of a token.
 */
export async function renderChat(
  messages: readonly ChatMessage[],
  options: ChatOptions | undefined,
  source: TextSource,
  textOf: (token: number) => string,
): Promise<string> {
  const { template = source.chatTemplate } = readOptions(options, OPTIONS);
  if (isFunction(template)) {
    const text = (template as ChatTemplate)(messages);
    return toText("the result of template", text);
  }
  if (template === undefined) {
    throw new IreeError("NOT_FOUND", "the model has no chat template", {
      hint: "pass template, or use generate",
    });
  }
  if (typeof template !== "string") {
    throw mustBe("template", "a string or a function", template);
  }
  const { Template } = await loadJinja();
  const token = (id: number | undefined) => id === undefined ? "" : textOf(id);
  try {
    return new Template(template).render({
      messages: messages.map((message) => ({ ...message })),
      add_generation_prompt: true,
      bos_token: token(source.beginToken),
      eos_token: token(source.endTokens[0]),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the chat template rejects the messages: ${reason}`,
      { cause },
    );
  }
}

async function loadJinja(): Promise<Jinja> {
  try {
    // Not a literal, so that the package is not needed to check types.
    const name: string = JINJA;
    return await import(name) as Jinja;
  } catch (cause) {
    throw new IreeError("UNAVAILABLE", `cannot load ${JINJA}`, {
      cause,
      hint: "connect to npm's registry once, or pass template as a function",
    });
  }
}
