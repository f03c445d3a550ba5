// JSON.parse reorders integer keys, keeps the last of duplicate keys, and does
// not distinguish 4.0 from 4. This parser keeps a file's order and numbers
// exactly.

/** A JSON value, as written. */
export type JsonValue =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly JsonValue[]
  | JsonObject;

/** A number, as written. */
export class JsonNumber {
  /**
   * Stores the text.
   *
   * @param text The number's text.
   */
  constructor(readonly text: string) {}

  /** The number, if written as a non-negative integer; else `undefined`. */
  get whole(): bigint | undefined {
    return /^\d+$/.test(this.text) ? BigInt(this.text) : undefined;
  }
}

/** An object: its members in text order, with unique keys. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Maximum nesting depth. */
const MAX_DEPTH = 128;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ["null", null],
  ["true", true],
  ["false", false],
]);

/**
 * Parses JSON.
 *
 * @param text The text.
 * @returns The value; throws a SyntaxError if the text is not JSON, or if an
 * object has duplicate keys.
 */
export function parseJson(text: string): JsonValue {
  return new JsonReader(text).document();
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) {
      throw new SyntaxError(`values are nested more than ${depth} deep`);
    }
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
    }
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.#at;
    const [number] = NUMBER.exec(this.#text) ?? [];
    if (number === undefined) throw this.#unexpected();
    this.#at += number.length;
    return new JsonNumber(number);
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    this.#items("}", () => {
      this.#skipSpace();
      const key = this.#string();
      if (members.has(key)) {
        throw new SyntaxError(`duplicate key ${JSON.stringify(key)}`);
      }
      if (!this.#take(":")) throw this.#unexpected();
      members.set(key, this.#value(depth + 1));
    });
    return members;
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#items("]", () => items.push(this.#value(depth + 1)));
    return items;
  }

  #items(end: string, readItem: () => void): void {
    this.#at++;
    if (this.#take(end)) return;
    do readItem(); while (this.#take(","));
    if (!this.#take(end)) throw this.#unexpected();
  }

  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#unexpected();
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    const value: unknown = JSON.parse(this.#text.slice(start, end + 1));
    this.#at = end + 1;
    if (typeof value === "string" && value.isWellFormed()) return value;
    throw new SyntaxError(`unpaired surrogate at ${start}`);
  }

  #take(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #unexpected(): SyntaxError {
    return this.#at < this.#text.length
      ? new SyntaxError(
        `unexpected ${JSON.stringify(this.#text[this.#at])} at ${this.#at}`,
      )
      : new SyntaxError("the text ends early");
  }
}
