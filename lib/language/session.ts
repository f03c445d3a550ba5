import { isInstance, toName, toSize } from "../base/checks.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { KeyValueCache } from "./key_value_cache.ts";
import { checkTokens } from "./check_tokens.ts";
import type { StepResult } from "./step_queue.ts";
import { Steps } from "./steps.ts";

/** What a session does when its context is full. */
export type FullContext = "error" | "slide";

/** Options for a session. */
export interface SessionOptions {
  /**
   * The longest context in tokens.
   *
   * @default {the model's}
   */
  contextLength?: number | undefined;
  /**
   * What happens when the context is full: an error, or the older half of the
   * tokens is forgotten and the others are computed again.
   *
   * @default {"error"}
   */
  onFull?: FullContext | undefined;
  /**
   * How many of the first tokens a sliding context keeps, such as those of a
   * system message.
   *
   * @default {0}
   */
  keep?: number | undefined;
}

/** Options with their defaults. */
export interface CheckedSessionOptions {
  readonly contextLength: number;
  readonly onFull: FullContext;
  readonly keep: number;
}

/** Options for adding tokens. */
export interface AppendOptions {
  /** Gives up; the tokens that were computed stay. */
  signal?: AbortSignal | undefined;
}

/** Names of the options. */
export const SESSION_OPTIONS: OptionNames<SessionOptions> = {
  contextLength: true,
  onFull: true,
  keep: true,
};

/** Reads and checks the options of a session. */
export function readSessionOptions(
  options: SessionOptions | undefined,
  longest: number,
): CheckedSessionOptions {
  const { contextLength = longest, onFull = "error", keep = 0 } = readOptions(
    options,
    SESSION_OPTIONS,
  );
  toSize("keep", keep);
  toName("onFull", onFull, ["error", "slide"]);
  if (toSize("contextLength", contextLength) >= 2 && contextLength <= longest) {
    return { contextLength, onFull, keep: Math.min(keep, contextLength >> 1) };
  }
  throw new IreeError(
    "OUT_OF_RANGE",
    `contextLength must be 2 to ${longest}, got ${contextLength}`,
  );
}

/**
 * Returns the programs of a session's model; undefined for any other value.
 *
 * @internal
 */
export let stepsOf: (session: unknown) => Steps | undefined;

/** What a session does with states: one array for each step. */
type OnStates = (states: Float32Array<ArrayBuffer>) => void;

/**
 * A text that a model continues: its tokens, and their keys and values. Sessions
 * share the weights of the model.
 *
 * One operation at a time.
 *
 * @example
 * ```ts ignore needs a file
 * import { LanguageModel } from "@iree/runtime/language";
 *
 * using model = await LanguageModel.load("model.gguf");
 * using session = model.session();
 * const logits = await session.append(model.tokenize("The sky is"));
 * using fork = session.fork();
 * console.log(logits.length, fork.length);
 * ```
 */
export class LanguageSession implements Disposable {
  readonly #steps: Steps;
  readonly #vocabulary: number;
  readonly #options: CheckedSessionOptions;
  #cache: KeyValueCache | undefined;
  #tokens: number[];
  #isBusy = false;

  static {
    stepsOf = (session) =>
      typeof session === "object" && session !== null && #steps in session
        ? session.#steps
        : undefined;
  }

  /**
   * Creates a session; use `LanguageModel.session`.
   *
   * @internal
   */
  constructor(
    steps: Steps,
    vocabulary: number,
    options: CheckedSessionOptions,
    cache: KeyValueCache,
    tokens: readonly number[] = [],
  ) {
    if (!isInstance(steps, Steps)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "LanguageSession has no public constructor; use LanguageModel.session",
      );
    }
    this.#steps = steps;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#cache = cache;
    this.#tokens = [...tokens];
  }

  /** The tokens so far. */
  get tokens(): readonly number[] {
    return this.#tokens.slice();
  }

  /** Number of tokens so far. */
  get length(): number {
    return this.#tokens.length;
  }

  /** The longest context in tokens. */
  get contextLength(): number {
    return this.#options.contextLength;
  }

  /** Whether another token needs an error or a shorter context. */
  get isFull(): boolean {
    const { contextLength, onFull } = this.#options;
    return onFull === "error" && this.length >= contextLength;
  }

  /** Whether the session was disposed. */
  get disposed(): boolean {
    return this.#cache === undefined;
  }

  /**
   * Adds tokens.
   *
   * @param tokens The tokens, at least one.
   * @param options A signal.
   * @returns A number for each token of the vocabulary: how likely it comes next.
   * Rejects with RESOURCE_EXHAUSTED if the context is full.
   */
  async append(
    tokens: readonly number[] | Uint32Array,
    options?: AppendOptions,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { signal } = readOptions(options, APPEND);
    checkSignal(signal);
    const list = checkTokens(tokens, this.#vocabulary);
    const { logits } = await this.#exclusively(() =>
      this.#append(list, undefined, signal)
    );
    return logits;
  }

  /**
   * Adds tokens, and passes on the states of all of them.
   *
   * @internal
   */
  async states(
    tokens: readonly number[],
    onStates: OnStates,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await this.#exclusively(() => this.#append(tokens, onStates, signal));
  }

  /**
   * Creates a session with the same tokens, without computing them again.
   *
   * @returns The fork, which the caller must dispose.
   */
  fork(): LanguageSession {
    this.#demandIdle();
    const { length } = this;
    const cache = this.#demandCache().copy(length, length);
    return new LanguageSession(
      this.#steps,
      this.#vocabulary,
      this.#options,
      cache,
      this.#tokens,
    );
  }

  /**
   * Forgets tokens at the end.
   *
   * @param length How many tokens stay.
   */
  truncate(length: number): void {
    this.#demandIdle();
    if (toSize("length", length) <= this.length) {
      this.#tokens.length = length;
      return;
    }
    throw new IreeError(
      "OUT_OF_RANGE",
      `length must be at most ${this.length}, got ${length}`,
    );
  }

  /** Releases the keys and values. */
  dispose(): void {
    this.#cache?.[Symbol.dispose]();
    this.#cache = undefined;
  }

  /** Same as {@linkcode dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #exclusively<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#demandIdle();
    this.#isBusy = true;
    try {
      return await act();
    } finally {
      this.#isBusy = false;
    }
  }

  #demandIdle(): void {
    this.#demandCache();
    if (!this.#isBusy) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      "the session is in use by another operation",
      { hint: "wait for it, or use a fork" },
    );
  }

  #demandCache(): KeyValueCache {
    if (this.#cache !== undefined) return this.#cache;
    throw new IreeError("FAILED_PRECONDITION", "LanguageSession is disposed");
  }

  async #append(
    tokens: readonly number[],
    onStates: OnStates | undefined,
    signal: AbortSignal | undefined,
  ): Promise<StepResult> {
    let rest = tokens;
    for (;;) {
      rest = this.#makeRoom(rest);
      const count = this.#steps.countFor(rest.length);
      const part = rest.slice(0, count);
      rest = rest.slice(count);
      const cache = this.#reserve(this.length + count);
      const result = await this.#steps.run({
        ...{ cache, position: this.length, tokens: part, signal },
        wantsStates: onStates !== undefined,
      });
      this.#tokens.push(...part);
      if (result.states !== undefined) onStates?.(result.states);
      if (rest.length === 0) return result;
    }
  }

  // A sliding context forgets the older half, whose positions the others take.
  #makeRoom(rest: readonly number[]): readonly number[] {
    const { contextLength, onFull, keep } = this.#options;
    const length = this.length + rest.length;
    if (length <= contextLength) return rest;
    if (onFull === "error") {
      throw new IreeError(
        "RESOURCE_EXHAUSTED",
        `the context is full: it has ${contextLength} tokens, and ${length} ` +
          "are needed",
        { hint: 'pass fewer tokens, or onFull: "slide"' },
      );
    }
    const all = [...this.#tokens, ...rest];
    const kept = all.slice(0, keep);
    const recent = all.slice(-Math.max(1, (contextLength - keep) >> 1));
    this.#tokens.length = 0;
    return [...kept, ...recent];
  }

  #reserve(length: number): KeyValueCache {
    const cache = this.#demandCache();
    const { capacity } = cache;
    if (length <= capacity) return cache;
    const grown = Math.max(length, capacity + (capacity >> 1));
    const limit = Math.max(length, this.#options.contextLength);
    const larger = cache.copy(this.length, Math.min(grown, limit));
    cache[Symbol.dispose]();
    this.#cache = larger;
    return larger;
  }
}

const APPEND: OptionNames<AppendOptions> = { signal: true };
