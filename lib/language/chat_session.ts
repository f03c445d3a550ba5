import { isInstance, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type ChatMessage, type ChatOptions, readMessages } from "./chat.ts";
import type {
  GeneratedToken,
  GenerateOptions,
  Generation,
  GenerationEvents,
} from "./generation.ts";
import { LanguageSession, type SessionOptions } from "./session.ts";

/** What a chat needs of its model. */
export interface ChatModel {
  /** Writes messages as the tokens of a prompt. */
  prompt(
    messages: readonly ChatMessage[],
    options: ChatOptions,
  ): Promise<number[]>;
  /** Continues a session. */
  answer(
    session: LanguageSession,
    prompt: readonly number[],
    options: GenerateOptions | undefined,
    events: GenerationEvents,
  ): Generation;
}

/** Options for a chat with a history. */
export interface ChatSessionOptions extends ChatOptions, SessionOptions {
  /** The messages that the chat begins with. */
  messages?: readonly ChatMessage[] | undefined;
}

/**
 * A chat with a history, whose tokens are computed once. Created by
 * `LanguageModel.chatSession`.
 *
 * One answer at a time.
 *
 * @example
 * ```ts ignore needs a file
 * import { LanguageModel } from "@iree/runtime/language";
 *
 * using model = await LanguageModel.load("model.gguf");
 * using chat = model.chatSession({
 *   messages: [{ role: "system", content: "You are brief." }],
 * });
 * for await (const { text } of await chat.send("Hello!")) console.log(text);
 * console.log(chat.messages);
 * ```
 */
export class ChatSession implements Disposable {
  readonly #model: ChatModel;
  readonly #session: LanguageSession;
  readonly #options: ChatOptions;
  readonly #messages: ChatMessage[];

  /**
   * Starts a chat; use `LanguageModel.chatSession`.
   *
   * @internal
   */
  constructor(
    model: ChatModel,
    session: LanguageSession,
    messages: readonly ChatMessage[] = [],
    options: ChatOptions = {},
  ) {
    if (!isInstance(session, LanguageSession)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "ChatSession has no public constructor; use LanguageModel.chatSession",
      );
    }
    this.#messages = readMessages(messages);
    this.#model = model;
    this.#session = session;
    this.#options = options;
  }

  /** The messages so far. */
  get messages(): readonly ChatMessage[] {
    return this.#messages.map((message) => ({ ...message }));
  }

  /**
   * Sends a message.
   *
   * @param content Its text.
   * @param options How to choose tokens, and when to end.
   * @returns The answer; the messages have it once its tokens were generated, as
   * far as they were. Resolves once the template was applied.
   */
  async send(content: string, options?: GenerateOptions): Promise<Generation> {
    const message = { role: "user", content: toText("content", content) };
    const { length } = this.#messages;
    const messages = [...this.#messages, message];
    const prompt = await this.#model.prompt(messages, this.#options);
    const session = this.#session;
    const parts: string[] = [];
    // The answer must have a token before it, whose logits choose its first one.
    const known = commonLength(session.tokens, prompt.slice(0, -1));
    return this.#model.answer(session, prompt.slice(known), options, {
      onStart: () => {
        this.#demandLength(length);
        session.truncate(known);
      },
      onPrompt: () => {
        this.#messages.push(message);
      },
      onToken: ({ text }: GeneratedToken) => parts.push(text),
      onEnd: () => {
        this.#messages.push({ role: "assistant", content: parts.join("") });
      },
    });
  }

  #demandLength(length: number): void {
    if (this.#messages.length === length) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      "another message was sent before the answer began",
      { hint: "wait for the answer before you send the next message" },
    );
  }

  /** Releases the keys and values. */
  dispose(): void {
    this.#session.dispose();
  }

  /** Same as {@linkcode dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** How many tokens at the start are the same. */
export function commonLength(
  left: readonly number[],
  right: readonly number[],
): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
