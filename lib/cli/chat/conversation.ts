import type {
  ChatSession,
  GenerateOptions,
  Generation,
  LanguageModel,
} from "../../language/mod.ts";
import type { ChatFlags } from "./flags.ts";

/** Answers messages on stdout. */
export class Conversation implements Disposable {
  readonly #model: LanguageModel;
  readonly #chat: ChatSession | undefined;
  readonly #options: GenerateOptions;
  readonly #isJson: boolean;

  /**
   * @param model The model, which the caller owns.
   * @param flags The flags.
   */
  constructor(model: LanguageModel, flags: ChatFlags) {
    this.#model = model;
    this.#isJson = flags.json ?? false;
    this.#options = {
      maxTokens: flags.max_tokens,
      temperature: flags.temperature,
      topK: flags.top_k,
      topP: flags.top_p,
      minP: flags.min_p,
      repetitionPenalty: flags.repetition_penalty,
      seed: flags.seed,
    };
    if (flags.complete) return;
    const messages = flags.system === undefined
      ? []
      : [{ role: "system", content: flags.system }];
    this.#chat = model.chatSession({ messages, onFull: "slide" });
  }

  /**
   * Answers a message.
   *
   * @returns Whether the answer was not stopped by Ctrl-C.
   */
  async answer(message: string): Promise<boolean> {
    const stop = new AbortController();
    const listener = () => stop.abort();
    Deno.addSignalListener("SIGINT", listener);
    try {
      const options = { ...this.#options, signal: stop.signal };
      const generation = this.#chat === undefined
        ? this.#model.generate(message, options)
        : await this.#chat.send(message, options);
      await this.#print(generation, stop.signal);
      return !stop.signal.aborted;
    } finally {
      Deno.removeSignalListener("SIGINT", listener);
    }
  }

  async #print(generation: Generation, signal: AbortSignal): Promise<void> {
    let text = "";
    try {
      for await (const part of generation) {
        text += part.text;
        if (!this.#isJson) write(part.text);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    write(
      this.#isJson ? `${JSON.stringify(describe(text, generation))}\n` : "\n",
    );
  }

  /** Releases the chat. */
  [Symbol.dispose](): void {
    this.#chat?.dispose();
  }
}

function describe(text: string, generation: Generation): object {
  const { promptTokens, answerTokens, finishReason, timing } = generation;
  return {
    text,
    finishReason: finishReason ?? "interrupted",
    promptTokens,
    answerTokens,
    milliseconds: timing,
  };
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}
