import { has, LARGEST, type PatternNode } from "./pattern_node.ts";
import type { CharacterSet } from "./pattern_node.ts";
import { parsePattern, UnsupportedPattern } from "./parse_pattern.ts";
import type { TextForm } from "./text_form.ts";

/**
 * The start of a text that has a pattern.
 *
 * @param pattern A regular expression of JavaScript, which is valid.
 * @returns The place, and how many steps it took; throws `UnsupportedPattern`.
 */
export function patternForm(
  pattern: string,
): { readonly form: TextForm; readonly steps: number } {
  const automaton = new Automaton(parsePattern(pattern));
  return {
    form: automaton.place([automaton.start]),
    steps: automaton.steps,
  };
}

/** A state: what comes next, or where else it leads without a character. */
interface State {
  readonly set: CharacterSet | undefined;
  readonly next: number[];
}

/** The most states: patterns that repeat others many times have more. */
const MOST_STATES = 4096;

/** The most parts that are added, of which some have no states. */
const MOST_STEPS = 8 * MOST_STATES;

/** The most sets of states that are remembered. */
const MOST_PLACES = 8192;

/** The state of a text that can end. */
const END = 0;

class Automaton {
  readonly #states: State[] = [{ set: undefined, next: [] }];
  readonly #places = new Map<string, Place>();
  readonly start: number;
  #steps = 0;

  constructor(node: PatternNode) {
    this.start = this.#add(node, END);
  }

  /** How many parts were added. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether all places that are found can be remembered. */
  get isSmall(): boolean {
    return this.#places.size < MOST_PLACES;
  }

  /** The place in which a text is in any of these states. */
  place(states: Iterable<number>): Place {
    const reached = new Set(states);
    for (const state of reached) {
      const { set, next } = this.#states[state]!;
      if (set === undefined) { for (const other of next) reached.add(other); }
    }
    const waiting = [...reached].filter((state) =>
      state === END || this.#states[state]!.set !== undefined
    ).sort((one, other) => one - other);
    const key = waiting.join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = new Place(this, waiting);
    if (this.isSmall) this.#places.set(key, place);
    return place;
  }

  /** The place after a character in one of these states. */
  after(states: readonly number[], code: number): Place | undefined {
    const next = states.flatMap((state) => {
      const { set, next } = this.#states[state]!;
      return set !== undefined && has(set, code) ? next : [];
    });
    return next.length === 0 ? undefined : this.place(next);
  }

  // Adds the states of a part before a state, and returns the first of them.
  #add(node: PatternNode, next: number): number {
    if (++this.#steps > MOST_STEPS) throw tooLarge();
    switch (node.kind) {
      case "set":
        if (!isWritable(node.set)) {
          throw new UnsupportedPattern("with control characters");
        }
        return this.#push(node.set, [next]);
      case "sequence":
        return node.parts.reduceRight(
          (after, part) => this.#add(part, after),
          next,
        );
      case "choice":
        return this.#push(
          undefined,
          node.parts.map((part) => this.#add(part, next)),
        );
      case "repeat":
        return this.#repeat(node.part, node.least, node.most, next);
    }
  }

  #repeat(
    part: PatternNode,
    least: number,
    most: number,
    next: number,
  ): number {
    let first = next;
    if (most === Infinity) {
      first = this.#push(undefined, [next]);
      this.#states[first]!.next.push(this.#add(part, first));
    } else {
      for (let more = most - least; more > 0; more--) {
        first = this.#push(undefined, [this.#add(part, first), next]);
      }
    }
    for (let count = 0; count < least; count++) first = this.#add(part, first);
    return first;
  }

  #push(set: CharacterSet | undefined, next: number[]): number {
    if (this.#states.length >= MOST_STATES) {
      throw tooLarge();
    }
    return this.#states.push({ set, next }) - 1;
  }
}

function tooLarge(): UnsupportedPattern {
  return new UnsupportedPattern("of that size");
}

class Place implements TextForm {
  readonly isEnd: boolean;
  readonly #automaton: Automaton;
  readonly #states: readonly number[];
  readonly #next = new Map<number, TextForm | undefined>();

  constructor(automaton: Automaton, states: readonly number[]) {
    this.#automaton = automaton;
    this.#states = states;
    this.isEnd = states.includes(END);
  }

  after(character: string): TextForm | undefined {
    const unit = character.charCodeAt(0);
    const code = unit >= 0xd800 && unit < 0xdc00 ? LARGEST : unit;
    if (this.#next.has(code)) return this.#next.get(code);
    const next = this.#automaton.after(this.#states, code);
    if (this.#automaton.isSmall) this.#next.set(code, next);
    return next;
  }
}

/** Characters that a string in JSON can have without numbers of characters. */
const WRITABLE: CharacterSet = [
  ...[[0x08, 0x0a], [0x0c, 0x0d], [0x20, 0xd7ff]] as const,
  [0xe000, LARGEST],
];

function isWritable(set: CharacterSet): boolean {
  return set.some(([low, high]) =>
    WRITABLE.some(([first, last]) => low <= last && high >= first)
  );
}
