import { IreeError } from "../base/error.ts";
import { JSON_START, jsonAfter, type JsonState } from "./json_state.ts";

/** A token with its text. */
interface TokenText {
  readonly token: number;
  readonly text: string;
  /** How many characters are also those of the token before. */
  readonly shared: number;
}

/** The texts of a vocabulary. */
export class VocabularyTexts {
  /** The text of each token; empty if it cannot be in an answer. */
  readonly texts: readonly string[];
  /** The tokens that have text, in the order of characters. */
  readonly sorted: readonly TokenText[];
  /** Those of them that cannot be anywhere in a string. */
  readonly marked: readonly TokenText[];
  /** The tokens without text. */
  readonly silent: readonly number[];

  /** @param texts The text of each token; empty if it cannot be in an answer. */
  constructor(texts: readonly string[]) {
    const tokens = texts.map((_, token) => token);
    const spoken = tokens.filter((token) => texts[token] !== "")
      .sort((one, two) => texts[one]! < texts[two]! ? -1 : 1);
    // deno-lint-ignore no-control-regex -- JSON excludes them.
    const marks = /["\\\x00-\x1f]/;
    this.texts = texts;
    this.sorted = withShared(spoken, texts);
    this.marked = withShared(
      spoken.filter((token) => marks.test(texts[token]!)),
      texts,
    );
    this.silent = tokens.filter((token) => texts[token] === "");
  }
}

function withShared(
  tokens: readonly number[],
  texts: readonly string[],
): TokenText[] {
  return tokens.map((token, at) => {
    const text = texts[token]!;
    const before = at === 0 ? "" : texts[tokens[at - 1]!]!;
    return { token, text, shared: commonStart(text, before) };
  });
}

/** Allows only tokens that continue an object in JSON. */
export class JsonMask {
  readonly #vocabulary: VocabularyTexts;
  #state = JSON_START;

  /** @param vocabulary The texts of tokens. */
  constructor(vocabulary: VocabularyTexts) {
    this.#vocabulary = vocabulary;
  }

  /** Whether the object is complete. */
  get isComplete(): boolean {
    return this.#state.expected === "end";
  }

  /**
   * Makes all other tokens impossible.
   *
   * @param logits A number for each token.
   */
  apply(logits: Float32Array): void {
    const { sorted, marked, silent, texts } = this.#vocabulary;
    const isInString = this.#state.expected === "string";
    const tried = isInString ? marked : sorted;
    for (const token of silent) logits[token] = -Infinity;
    const rejected = this.#reject(tried, logits);
    if (silent.length + rejected < texts.length) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      "the vocabulary has no token that continues the JSON object",
    );
  }

  /** Adds the token that was chosen. */
  push(token: number): void {
    let state: JsonState | undefined = this.#state;
    for (const character of this.#vocabulary.texts[token]!.split("")) {
      state = state && jsonAfter(state, character);
    }
    this.#state = state ?? this.#state;
  }

  // Returns how many tokens cannot follow.
  #reject(tokens: readonly TokenText[], logits: Float32Array): number {
    // The state after each character of the token before, as far as it can follow.
    const states: JsonState[] = [this.#state];
    let rejected = 0;
    for (const { token, text, shared } of tokens) {
      states.length = Math.min(states.length, shared + 1);
      // Otherwise the characters that it shares cannot follow.
      while (states.length > shared && states.length <= text.length) {
        const next = jsonAfter(states.at(-1)!, text[states.length - 1]!);
        if (next === undefined) break;
        states.push(next);
      }
      if (states.length > text.length) continue;
      logits[token] = -Infinity;
      rejected++;
    }
    return rejected;
  }
}

function commonStart(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
