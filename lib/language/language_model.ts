import { isInstance, mustBe, toText } from "../base/checks.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { toPath } from "../base/permissions.ts";
import { Device } from "../hal/device.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import {
  type ChatMessage,
  type ChatOptions,
  readMessages,
  renderChat,
} from "./chat.ts";
import { ChatSession, type ChatSessionOptions } from "./chat_session.ts";
import type { Configuration } from "./configuration.ts";
import {
  GENERATE_OPTIONS,
  type GenerateOptions,
  Generation,
  type GenerationEvents,
  GenerationSource,
  type OpenSession,
  readGenerateOptions,
} from "./generation.ts";
import {
  type LanguageModelOptions,
  LOAD_MODEL_OPTIONS,
  readLoadOptions,
} from "./load_options.ts";
import {
  LanguageSession,
  readSessionOptions,
  SESSION_OPTIONS,
  type SessionOptions,
  stepsOf,
} from "./session.ts";
import type { ModelSource, TextSource } from "./model_source.ts";
import { readModelSource } from "./read_model_source.ts";
import { Steps } from "./steps.ts";
import type { ObjectShape } from "./json_shape.ts";
import { JsonMask, type VocabularyTexts } from "./json_mask.ts";
import { readVocabularyTexts } from "./vocabulary_texts.ts";
import { openTokenizer, WITHOUT_TEXT } from "./open_tokenizer.ts";
import { checkTokens } from "./check_tokens.ts";
import { makeWeights } from "./make_weights.ts";

/** A prompt: a text, or tokens. */
export type Prompt = string | readonly number[] | Uint32Array;

/** Options for embeddings. */
export interface EmbedOptions {
  /** Gives up. */
  signal?: AbortSignal | undefined;
}

const EMBED_OPTIONS: OptionNames<EmbedOptions> = { signal: true };

const CHAT_OPTIONS: OptionNames<GenerateOptions & ChatOptions> = {
  ...GENERATE_OPTIONS,
  template: true,
};

const CHAT_SESSION_OPTIONS: OptionNames<ChatSessionOptions> = {
  ...SESSION_OPTIONS,
  messages: true,
  template: true,
};

/**
 * A language model, compiled for this machine: text to text, on its device.
 *
 * @example
 * ```ts ignore needs a file
 * import { LanguageModel } from "@iree/runtime/language";
 *
 * using model = await LanguageModel.load("model.gguf");
 * for await (const { text } of model.generate("The sky is", { maxTokens: 8 })) {
 *   console.log(text);
 * }
 * ```
 */
export class LanguageModel implements Disposable {
  readonly #source: ModelSource;
  readonly #steps: Steps;
  readonly #tokenizer: Tokenizer | undefined;
  readonly #resources: DisposableStack;
  readonly #contextLength: number;
  #vocabularyTexts: VocabularyTexts | undefined;

  private constructor(
    source: ModelSource,
    steps: Steps,
    tokenizer: Tokenizer | undefined,
    contextLength: number,
    resources: DisposableStack,
  ) {
    if (!isInstance(steps, Steps)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "LanguageModel has no public constructor; use LanguageModel.load",
      );
    }
    this.#source = source;
    this.#steps = steps;
    this.#tokenizer = tokenizer;
    this.#contextLength = contextLength;
    this.#resources = resources.move();
  }

  /**
   * Loads a model: reads its files, converts weights that cannot be used in place
   * (once, into the user's cache), and compiles it (also once).
   *
   * @param path A `.gguf` file, or a folder of Hugging Face with `config.json`
   * and safetensors.
   * @param options The element type of weights, the device, progress.
   * @returns The model, which the caller must dispose. Rejects with UNIMPLEMENTED
   * for architectures and options that are not supported, before anything is
   * converted or compiled.
   */
  static async load(
    path: string | URL,
    options?: LanguageModelOptions,
  ): Promise<LanguageModel> {
    const read = readLoadOptions(readOptions(options, LOAD_MODEL_OPTIONS));
    const { signal, onProgress } = read;
    checkSignal(signal)?.throwIfAborted();
    const source = readModelSource(toPath(path));
    const { contextLength: longest } = source.configuration;
    const { contextLength } = readSessionOptions(
      { contextLength: read.contextLength },
      longest,
    );
    using resources = new DisposableStack();
    const tokenizer = source.text &&
      resources.use(openTokenizer(source.path, source.text, read.library));
    const instance = resources.use(Instance.open({ library: read.library }));
    const index = resources.use(
      await makeWeights(instance, source, {
        type: read.weights,
        onProgress: (progress) =>
          onProgress?.({ phase: "convert", ...progress }),
        signal,
      }),
    );
    const device = typeof read.device === "string"
      ? resources.use(Device.create(instance, read.device))
      : read.device;
    onProgress?.({ phase: "compile", written: 0, total: 0 });
    const steps = resources.use(
      await Steps.load({
        configuration: source.configuration,
        roles: new Set(source.tensors.keys()),
        weights: read.weights,
        index,
        instance,
        device,
        chunk: read.chunk,
        batch: read.batch,
        compile: read.compile,
        tune: read.tune,
        onTune: () => onProgress?.({ phase: "tune", written: 0, total: 0 }),
        signal,
      }),
    );
    return new LanguageModel(
      source,
      steps,
      tokenizer,
      contextLength,
      resources,
    );
  }

  /** The model's sizes and options. */
  get configuration(): Configuration {
    return this.#source.configuration;
  }

  /** The longest context in tokens. */
  get contextLength(): number {
    return this.#contextLength;
  }

  /** The tokens that end an answer. */
  get endTokens(): readonly number[] {
    return this.#source.text?.endTokens ?? [];
  }

  /** The model's chat template in Jinja, if its files have one. */
  get chatTemplate(): string | undefined {
    return this.#source.text?.chatTemplate;
  }

  /** The model's tokenizer, which belongs to it. Throws NOT_FOUND without one. */
  get tokenizer(): Tokenizer {
    return this.#text.tokenizer;
  }

  /**
   * Starts a text.
   *
   * @param options The context.
   * @returns The session, which the caller must dispose.
   */
  session(options?: SessionOptions): LanguageSession {
    const read = readSessionOptions(options, this.#contextLength);
    return new LanguageSession(
      this.#steps,
      this.configuration.vocabulary,
      read,
      this.#steps.allocate(1),
    );
  }

  /**
   * Splits a text into tokens, as a prompt begins: with the model's first token,
   * if it has one.
   *
   * @param text The text.
   */
  tokenize(text: string): number[] {
    const { tokenizer, source } = this.#text;
    const { ids } = tokenizer.encode(toText("text", text));
    const { beginToken, addsBegin } = source;
    const adds = addsBegin && beginToken !== undefined && ids[0] !== beginToken;
    return adds ? [beginToken, ...ids] : [...ids];
  }

  /**
   * Counts the tokens of a text, as a prompt has them.
   *
   * @param text The text.
   */
  countTokens(text: string): number {
    return this.tokenize(text).length;
  }

  /**
   * Continues a prompt.
   *
   * @param prompt The text, or its tokens.
   * @param options How to choose tokens, and when to end.
   * @returns The answer; iterate over its tokens, which generates them.
   */
  generate(prompt: Prompt, options?: GenerateOptions): Generation {
    return this.#generate(prompt, options, () => {
      const session = this.session();
      return { session, end: () => session.dispose() };
    });
  }

  /**
   * Continues a session with a prompt.
   *
   * @param session A session of this model; the caller still owns it.
   * @param prompt The text that follows, or its tokens.
   * @param options How to choose tokens, and when to end.
   * @returns The answer; iterate over its tokens, which generates them.
   */
  continue(
    session: LanguageSession,
    prompt: Prompt,
    options?: GenerateOptions,
  ): Generation {
    if (stepsOf(session) !== this.#steps) {
      throw mustBe("session", "a LanguageSession of this model", session);
    }
    return this.#generate(
      prompt,
      options,
      () => ({ session, end: () => {} }),
      session.length > 0,
    );
  }

  /**
   * Answers the messages of a chat.
   *
   * @param messages The messages so far.
   * @param options How to choose tokens, when to end, and the template.
   * @returns The answer; resolves once the template was applied.
   */
  async chat(
    messages: readonly ChatMessage[],
    options?: GenerateOptions & ChatOptions,
  ): Promise<Generation> {
    const { template, ...rest } = readOptions(options, CHAT_OPTIONS);
    const prompt = await this.chatPrompt(messages, { template });
    return this.generate(prompt, rest);
  }

  /**
   * Starts a chat with a history.
   *
   * @param options Its first messages, the template and the context.
   * @returns The chat, which the caller must dispose.
   */
  chatSession(options?: ChatSessionOptions): ChatSession {
    const { messages, template, ...context } = readOptions(
      options,
      CHAT_SESSION_OPTIONS,
    );
    const session = this.session(context);
    try {
      return new ChatSession(
        {
          prompt: (messages, options) => this.chatPrompt(messages, options),
          answer: (session, prompt, options, events) =>
            this.#generate(
              prompt,
              options,
              () => ({ session, end: () => {} }),
              true,
              events,
            ),
        },
        session,
        messages,
        { template },
      );
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /**
   * Writes the messages of a chat as the tokens of a prompt, by the template of
   * the model.
   *
   * @param messages The messages.
   * @param options Another template.
   */
  async chatPrompt(
    messages: readonly ChatMessage[],
    options?: ChatOptions,
  ): Promise<number[]> {
    const { tokenizer, source } = this.#text;
    const text = await renderChat(
      readMessages(messages),
      options,
      source,
      (token) => tokenizer.idToToken(token) ?? "",
    );
    // The template writes the first token itself.
    return [...tokenizer.encode(text, { specialTokens: false }).ids];
  }

  /**
   * Computes a vector for a text: the mean of its tokens' states, of length 1.
   *
   * @param text The text, or its tokens.
   * @param options A signal.
   */
  async embed(
    text: Prompt,
    options?: EmbedOptions,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { signal } = readOptions(options, EMBED_OPTIONS);
    checkSignal(signal);
    const tokens = this.#tokensOf(text, false);
    const { hidden } = this.configuration;
    const sum = new Float64Array(hidden);
    using session = this.session();
    await session.states(tokens, (states) => {
      for (let i = 0; i < states.length; i++) sum[i % hidden]! += states[i]!;
    }, signal);
    const length = Math.hypot(...sum) || 1;
    return Float32Array.from(sum, (value) => value / length);
  }

  /** Releases the programs and the weights. */
  dispose(): void {
    this.#resources.dispose();
  }

  /** Same as {@linkcode dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  get #text(): {
    readonly tokenizer: Tokenizer;
    readonly source: TextSource;
  } {
    const { text } = this.#source;
    if (this.#tokenizer !== undefined && text !== undefined) {
      return { tokenizer: this.#tokenizer, source: text };
    }
    throw new IreeError(
      "NOT_FOUND",
      `'${this.#source.path}' has no tokenizer, so text cannot be used`,
      { hint: "pass tokens, or add tokenizer.json to the model's folder" },
    );
  }

  #tokensOf(prompt: Prompt, isContinued: boolean): number[] {
    if (typeof prompt !== "string") {
      return checkTokens(prompt, this.configuration.vocabulary);
    }
    const tokens = isContinued
      ? [...this.#text.tokenizer.encode(prompt, { specialTokens: false }).ids]
      : this.tokenize(prompt);
    return checkTokens(tokens, this.configuration.vocabulary);
  }

  // The texts of the vocabulary are read for the first answer in JSON.
  #jsonMask(shape: ObjectShape): () => JsonMask {
    const { tokenizer } = this.#text;
    return () => {
      this.#vocabularyTexts ??= readVocabularyTexts(
        tokenizer,
        this.configuration.vocabulary,
        this.endTokens,
      );
      return new JsonMask(this.#vocabularyTexts, shape);
    };
  }

  #generate(
    prompt: Prompt,
    options: GenerateOptions | undefined,
    open: () => OpenSession,
    isContinued = false,
    events?: GenerationEvents,
  ): Generation {
    const read = readGenerateOptions(options, this.configuration.vocabulary);
    const source = new GenerationSource(
      open,
      this.#tokensOf(prompt, isContinued),
      new Set(this.endTokens),
      () => this.#tokenizer?.decoder() ?? WITHOUT_TEXT,
      read.json === undefined ? undefined : this.#jsonMask(read.json),
      events,
    );
    return new Generation(source, read);
  }
}
