import { IreeError } from "../base/error.ts";
import type { ObjectShape } from "./json_shape.ts";
import {
  isInFreeString,
  jsonAfter,
  jsonStart,
  type JsonState,
} from "./json_state.ts";

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
  /** The ways to understand the text so far. */
  #states: readonly JsonState[];

  /**
   * @param vocabulary The texts of tokens.
   * @param shape What the object is.
   */
  constructor(vocabulary: VocabularyTexts, shape: ObjectShape) {
    this.#vocabulary = vocabulary;
    this.#states = [jsonStart(shape)];
  }

  /** Whether the object is complete. */
  get isComplete(): boolean {
    return this.#states.some(({ expected }) => expected === "end");
  }

  /**
   * Makes all other tokens impossible.
   *
   * @param logits A number for each token.
   */
  apply(logits: Float32Array): void {
    const { sorted, marked, silent, texts } = this.#vocabulary;
    const tried = isInFreeString(this.#states) ? marked : sorted;
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
    let states = this.#states;
    for (const character of this.#vocabulary.texts[token]!.split("")) {
      states = jsonAfter(states, character);
    }
    if (states.length > 0) this.#states = states;
  }

  // Returns how many tokens cannot follow.
  #reject(tokens: readonly TokenText[], logits: Float32Array): number {
    // The states after each character of the token before, as far as it can follow.
    const path: (readonly JsonState[])[] = [this.#states];
    // Tokens that share more than this with the one before cannot follow either.
    let wrong = Infinity;
    let rejected = 0;
    for (const { token, text, shared } of tokens) {
      if (shared <= wrong) {
        wrong = Infinity;
        path.length = Math.min(path.length, shared + 1);
        while (path.length <= text.length) {
          const next = jsonAfter(path.at(-1)!, text[path.length - 1]!);
          if (next.length === 0) {
            wrong = path.length - 1;
            break;
          }
          path.push(next);
        }
      }
      if (wrong === Infinity) continue;
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
