import {
  copyArray,
  isFunction,
  isInstance,
  toBoolean,
  toSize,
  toText,
} from "../base/checks.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { JsonMask } from "./json_mask.ts";
import {
  likeliest,
  logProbabilities,
  type TokenProbability,
} from "./log_probabilities.ts";
import { Sampler } from "./sampler.ts";
import {
  checkSampling,
  SAMPLING_OPTIONS,
  type SamplingOptions,
} from "./sampling_options.ts";
import { type JsonSchema, readJsonSchema } from "./json_schema.ts";
import { ANY_OBJECT, type ObjectShape } from "./json_shape.ts";
import type { LanguageSession } from "./session.ts";
import { StopTexts } from "./stop_texts.ts";

/** Options for generating text. */
export interface GenerateOptions extends SamplingOptions {
  /** The most tokens that are generated; until the context is full if omitted. */
  maxTokens?: number | undefined;
  /** Texts that end the answer; they do not belong to it. */
  stop?: string | readonly string[] | undefined;
  /** Whether tokens that end answers are ignored. */
  ignoreEnd?: boolean | undefined;
  /**
   * How many of the likeliest tokens are reported with each token; 0 reports only
   * the token's own probability.
   */
  logProbabilities?: number | undefined;
  /**
   * Changes the logits before a token is chosen, such as to allow only tokens of a
   * grammar.
   */
  adjust?:
    | ((logits: Float32Array, tokens: readonly number[]) => void)
    | undefined;
  /**
   * Whether the answer is an object in JSON, or the object's JSON Schema. The answer
   * ends with the object.
   */
  json?: boolean | JsonSchema | undefined;
  /** Ends the generation, which then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Options that were checked. */
export interface CheckedGenerateOptions
  extends Omit<Readonly<GenerateOptions>, "json"> {
  /** What the object in JSON is, if the answer is one. */
  readonly json: ObjectShape | undefined;
}

/** A token of an answer. */
export interface GeneratedToken {
  /** The token. */
  readonly token: number;
  /**
   * The text that is certain since the last token. It never has part of a
   * character, so it can be empty.
   */
  readonly text: string;
  /** Natural logarithm of the token's probability, if it was asked for. */
  readonly logProbability?: number | undefined;
  /** The likeliest tokens, if they were asked for. */
  readonly alternatives?: readonly TokenProbability[] | undefined;
}

/**
 * Why an answer ended: its model or a stop text ended it, it has as many tokens
 * as were allowed, or the context is full.
 */
export type FinishReason = "stop" | "length" | "context";

/** How long an answer took, in milliseconds. */
export interface GenerationTiming {
  /** Until the tokens of the prompt were computed. */
  readonly prompt: number;
  /** From then on. */
  readonly answer: number;
}

/** Decodes tokens one by one. */
export interface TokenTexts extends Disposable {
  /** Adds a token. */
  push(token: number): string;
  /** Ends the text. */
  finish(): string;
}

/** Follows a generation. */
export interface GenerationEvents {
  /** Called when the generation begins. */
  readonly onStart: () => void;
  /** Called when the prompt was computed. */
  readonly onPrompt: () => void;
  /** Receives each token before the caller. */
  readonly onToken: (token: GeneratedToken) => void;
  /** Called when an answer whose prompt was computed ends, fails or is abandoned. */
  readonly onEnd: () => void;
}

/** A session while an answer uses it. */
export interface OpenSession {
  /** The session. */
  readonly session: LanguageSession;
  /** Called when the answer has ended. */
  readonly end: () => void;
}

/** What an answer is generated from. */
export class GenerationSource {
  /**
   * @param open Opens the session; called when the generation starts.
   * @param prompt The tokens of the prompt.
   * @param endTokens Tokens that end the answer.
   * @param decoder Creates a decoder.
   * @param jsonMask Creates a mask, if the answer is to be in JSON.
   * @param events Follows the generation.
   */
  constructor(
    readonly open: () => OpenSession,
    readonly prompt: readonly number[],
    readonly endTokens: ReadonlySet<number>,
    readonly decoder: () => TokenTexts,
    readonly jsonMask: (() => JsonMask) | undefined,
    readonly events: GenerationEvents | undefined,
  ) {}
}

/** Names of the options. */
export const GENERATE_OPTIONS: OptionNames<GenerateOptions> = {
  ...SAMPLING_OPTIONS,
  maxTokens: true,
  stop: true,
  ignoreEnd: true,
  logProbabilities: true,
  adjust: true,
  json: true,
  signal: true,
};

/** Reads and checks the options. */
export function readGenerateOptions(
  options: GenerateOptions | undefined,
  vocabulary: number,
): CheckedGenerateOptions {
  const read = readOptions(options, GENERATE_OPTIONS);
  const logitBias = checkSampling(read, vocabulary);
  checkSignal(read.signal);
  if (read.maxTokens !== undefined) toSize("maxTokens", read.maxTokens);
  if (read.logProbabilities !== undefined) {
    toSize("logProbabilities", read.logProbabilities);
  }
  if (read.adjust !== undefined && !isFunction(read.adjust)) {
    throw new IreeError("INVALID_ARGUMENT", "adjust must be a function");
  }
  const { stop } = read;
  const stops = stop === undefined
    ? []
    : typeof stop === "string"
    ? [stop]
    : copyArray("stop", stop, (text) => toText("a string in stop", text));
  if (stops.includes("")) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "stop must not contain empty strings",
    );
  }
  return { ...read, logitBias, stop: stops, json: readShape(read.json) };
}

function readShape(json: GenerateOptions["json"]): ObjectShape | undefined {
  if (typeof json === "object" && json !== null) return readJsonSchema(json);
  const isJson = toBoolean("json", json ?? false);
  return isJson ? ANY_OBJECT : undefined;
}

/**
 * An answer that is being generated: iterate over its tokens, once.
 *
 * @example
 * ```ts ignore needs a file
 * import { LanguageModel } from "@iree/runtime/language";
 *
 * using model = await LanguageModel.load("model.gguf");
 * const answer = model.generate("The sky is", { maxTokens: 16 });
 * for await (const { text } of answer) console.log(text);
 * console.log(answer.finishReason, answer.timing);
 * ```
 */
export class Generation implements AsyncIterable<GeneratedToken> {
  readonly #source: GenerationSource;
  readonly #options: CheckedGenerateOptions;
  #isStarted = false;
  #reason: FinishReason | undefined;
  #count = 0;
  #timing: GenerationTiming = { prompt: 0, answer: 0 };

  /**
   * Prepares an answer; use `LanguageModel.generate`.
   *
   * @internal
   */
  constructor(source: GenerationSource, options: CheckedGenerateOptions) {
    if (!isInstance(source, GenerationSource)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "Generation has no public constructor; use LanguageModel.generate",
      );
    }
    this.#source = source;
    this.#options = options;
  }

  /** Why the answer ended; undefined before. */
  get finishReason(): FinishReason | undefined {
    return this.#reason;
  }

  /** Number of tokens of the prompt. */
  get promptTokens(): number {
    return this.#source.prompt.length;
  }

  /** Number of tokens of the answer so far. */
  get answerTokens(): number {
    return this.#count;
  }

  /** How long it took so far. */
  get timing(): GenerationTiming {
    return this.#timing;
  }

  /** Generates the whole answer, and returns its text. */
  async text(): Promise<string> {
    const texts: string[] = [];
    for await (const { text } of this) texts.push(text);
    return texts.join("");
  }

  /** Generates the tokens. */
  [Symbol.asyncIterator](): AsyncGenerator<GeneratedToken, void, void> {
    if (this.#isStarted) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        "the answer was already generated; call generate again",
      );
    }
    this.#isStarted = true;
    return this.#generate();
  }

  async *#generate(): AsyncGenerator<GeneratedToken, void, void> {
    const { prompt, open, decoder, endTokens, events, jsonMask } = this.#source;
    const { signal, maxTokens = Infinity, adjust, ignoreEnd = false } =
      this.#options;
    signal?.throwIfAborted();
    using resources = new DisposableStack();
    const { session, end } = open();
    resources.defer(end);
    events?.onStart();
    const texts = resources.use(decoder());
    const stops = new StopTexts(this.#options.stop as readonly string[]);
    const mask = jsonMask?.();
    const sampler = new Sampler(this.#options, prompt);
    const start = performance.now();
    let logits = await session.append(prompt, { signal });
    if (events !== undefined) {
      events.onPrompt();
      resources.defer(events.onEnd);
    }
    const begin = performance.now();
    this.#timing = { prompt: begin - start, answer: 0 };
    while (this.#count < maxTokens) {
      const probabilities = this.#probabilities(logits);
      adjust?.(logits, session.tokens);
      mask?.apply(logits);
      const token = sampler.choose(logits);
      mask?.push(token);
      this.#count++;
      const isEnd = endTokens.has(token) && !ignoreEnd;
      const found = stops.push(isEnd ? "" : texts.push(token));
      const hasEnded = isEnd || found.isEnd || (mask?.isComplete ?? false);
      this.#reason = this.#reasonAfter(session, hasEnded);
      const rest = this.#reason === undefined || found.isEnd
        ? ""
        : this.#rest(stops, texts);
      this.#timing = {
        prompt: begin - start,
        answer: performance.now() - begin,
      };
      const item = {
        token,
        text: found.text + rest,
        ...probabilities?.(token),
      };
      events?.onToken(item);
      yield item;
      if (this.#reason !== undefined) return;
      logits = await session.append([token], { signal });
    }
    this.#reason = "length";
  }

  #reasonAfter(
    session: LanguageSession,
    isEnd: boolean,
  ): FinishReason | undefined {
    if (isEnd) return "stop";
    if (this.#count >= (this.#options.maxTokens ?? Infinity)) return "length";
    return session.isFull ? "context" : undefined;
  }

  // What the decoder and the stop texts hold back.
  #rest(stops: StopTexts, texts: TokenTexts): string {
    const { text, isEnd } = stops.push(texts.finish());
    if (isEnd) this.#reason = "stop";
    return isEnd ? text : text + stops.finish();
  }

  #probabilities(
    logits: Float32Array,
  ):
    | ((token: number) => Pick<
      GeneratedToken,
      "logProbability" | "alternatives"
    >)
    | undefined {
    const { logProbabilities: count } = this.#options;
    if (count === undefined) return undefined;
    const values = logProbabilities(logits);
    return (token) => ({
      logProbability: values[token],
      alternatives: likeliest(values, count),
    });
  }
}
