import {
  type CharacterSet,
  EVERYTHING,
  inverted,
  joined,
  LARGEST,
  type PatternNode,
} from "./pattern_node.ts";

/** A part of a pattern that is not supported. */
export class UnsupportedPattern extends Error {}

/**
 * Reads a regular expression of JavaScript. What depends on the text around, such as
 * a look-ahead or a reference to a group, is not supported.
 *
 * @param pattern The pattern, which is valid.
 * @returns What a whole text is; throws `UnsupportedPattern`.
 */
export function parsePattern(pattern: string): PatternNode {
  return new Parser(pattern).parse();
}

const DIGITS: CharacterSet = [[0x30, 0x39]];
const WORDS: CharacterSet = joined([
  DIGITS,
  [[0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]],
]);
const SPACES: CharacterSet = joined([
  [[0x09, 0x0d], [0x20, 0x20], [0xa0, 0xa0], [0x1680, 0x1680]],
  [[0x2000, 0x200a], [0x2028, 0x2029], [0x202f, 0x202f], [0x205f, 0x205f]],
  [[0x3000, 0x3000], [0xfeff, 0xfeff]],
]);
const LINE_BREAKS: CharacterSet = [
  ...[[0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]] as const,
];

/** Escapes that are sets. */
const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: inverted(DIGITS),
  w: WORDS,
  W: inverted(WORDS),
  s: SPACES,
  S: inverted(SPACES),
};

/** Escapes that are characters. */
const CONTROLS: Readonly<Record<string, number>> = {
  ...{ t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d },
};

const ANYTHING: PatternNode = {
  kind: "repeat",
  part: { kind: "set", set: EVERYTHING },
  least: 0,
  most: Infinity,
};

/** How deep groups may be in others. */
const DEEPEST = 256;

/** The most characters of how often a part is repeated. */
const LONGEST_TIMES = 64;

class Parser {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  parse(): PatternNode {
    // A text has the pattern anywhere, unless it is anchored.
    const parts: PatternNode[] = [];
    do {
      const start = this.#skip("^") ? [] : [ANYTHING];
      const middle = this.#sequence();
      const end = this.#skip("$") ? [] : [ANYTHING];
      parts.push({ kind: "sequence", parts: [...start, ...middle, ...end] });
    } while (this.#skip("|"));
    if (this.#at < this.#characters.length) this.#fail();
    return { kind: "choice", parts };
  }

  #choice(): PatternNode {
    const parts: PatternNode[] = [];
    do parts.push({ kind: "sequence", parts: this.#sequence() }); while (
      this.#skip("|")
    );
    return { kind: "choice", parts };
  }

  #sequence(): PatternNode[] {
    const parts: PatternNode[] = [];
    while (this.#next !== undefined && !"|)$".includes(this.#next)) {
      parts.push(this.#repeated(this.#atom()));
    }
    return parts;
  }

  #atom(): PatternNode {
    const start = this.#at;
    const character = this.#take();
    switch (character) {
      case "(": {
        if (this.#skip("?") && !this.#skip(":")) this.#fail(start);
        if (++this.#depth > DEEPEST) {
          throw new UnsupportedPattern("with groups that deep in others");
        }
        const part = this.#choice();
        this.#depth--;
        if (!this.#skip(")")) this.#fail();
        return part;
      }
      case "[":
        return { kind: "set", set: this.#class() };
      case ".":
        return { kind: "set", set: inverted(LINE_BREAKS) };
      case "\\":
        return { kind: "set", set: this.#escape() };
      case "^":
      case "*":
      case "+":
      case "?":
      case "{":
        return this.#fail(start);
      default:
        return { kind: "set", set: this.#single(character) };
    }
  }

  #repeated(part: PatternNode): PatternNode {
    const [least, most] = this.#times() ?? [1, 1];
    // Which of several ways a text matches does not matter.
    if (least !== 1 || most !== 1) this.#skip("?");
    return least === 1 && most === 1
      ? part
      : { kind: "repeat", part, least, most };
  }

  #times(): readonly [number, number] | undefined {
    if (this.#skip("*")) return [0, Infinity];
    if (this.#skip("+")) return [1, Infinity];
    if (this.#skip("?")) return [0, 1];
    if (this.#next !== "{") return undefined;
    const end = this.#at + LONGEST_TIMES;
    const rest = this.#characters.slice(this.#at, end).join("");
    const [whole, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(rest) ??
      this.#fail();
    this.#at += whole.length;
    const last = comma === "" ? least : most || Infinity;
    return [Number(least), Number(last)];
  }

  #class(): CharacterSet {
    const isInverted = this.#skip("^");
    const sets: CharacterSet[] = [];
    while (!this.#skip("]")) {
      const start = this.#at;
      const set = this.#member();
      const isRange = this.#next === "-" &&
        this.#characters[this.#at + 1] !== "]";
      if (!isRange) {
        sets.push(set);
        continue;
      }
      this.#take();
      const [low, high] = [codeOf(set), codeOf(this.#member())];
      if (low === undefined || high === undefined) this.#fail(start);
      sets.push([[low, high]]);
    }
    return isInverted ? inverted(joined(sets)) : joined(sets);
  }

  #member(): CharacterSet {
    const character = this.#take();
    return character === "\\" ? this.#escape() : this.#single(character);
  }

  #escape(): CharacterSet {
    const start = this.#at - 1;
    const character = this.#take();
    const known = CLASSES[character];
    if (known !== undefined) return known;
    const control = CONTROLS[character];
    if (control !== undefined) return [[control, control]];
    const length = { x: 2, u: 4 }[character];
    if (length !== undefined) {
      const end = this.#at + length;
      const digits = this.#characters.slice(this.#at, end).join("");
      if (digits.length !== length || /[^\da-f]/i.test(digits)) {
        this.#fail(start);
      }
      this.#at = end;
      const code = parseInt(digits, 16);
      return [[code, code]];
    }
    return /[\dA-Za-z]/.test(character)
      ? this.#fail(start)
      : this.#single(character);
  }

  #single(character: string): CharacterSet {
    const code = character.codePointAt(0)!;
    return code < LARGEST ? [[code, code]] : this.#fail(this.#at - 1);
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string {
    return this.#characters[this.#at++] ?? this.#fail();
  }

  #skip(character: string): boolean {
    const isNext = this.#next === character;
    if (isNext) this.#at++;
    return isNext;
  }

  #fail(at: number = this.#at): never {
    const rest = this.#characters.slice(at, at + 8).join("");
    throw new UnsupportedPattern(`with '${rest}'`);
  }
}

function codeOf(set: CharacterSet): number | undefined {
  const [only] = set;
  return set.length === 1 && only![0] === only![1] ? only![0] : undefined;
}
