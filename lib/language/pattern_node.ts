/** Characters, as ranges of code points in order. */
export type CharacterSet = readonly (readonly [number, number])[];

/** A part of a pattern. */
export type PatternNode =
  /** One of the characters. */
  | { readonly kind: "set"; readonly set: CharacterSet }
  /** All parts, one after another. */
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  /** One of the parts. */
  | { readonly kind: "choice"; readonly parts: readonly PatternNode[] }
  /** A part, several times. */
  | {
    readonly kind: "repeat";
    readonly part: PatternNode;
    readonly least: number;
    readonly most: number;
  };

/** Stands for every character beyond 16 bits: patterns do not distinguish them. */
export const LARGEST = 0x10000;

/** Every character. */
export const EVERYTHING: CharacterSet = [[0, LARGEST]];

/** Joins sets. */
export function joined(sets: readonly CharacterSet[]): CharacterSet {
  const ranges: [number, number][] = [];
  for (const [low, high] of sets.flat().toSorted(([a], [b]) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && low <= last[1] + 1) {
      last[1] = Math.max(last[1], high);
    } else ranges.push([low, high]);
  }
  return ranges;
}

/** The other characters. */
export function inverted(set: CharacterSet): CharacterSet {
  const ranges: [number, number][] = [];
  let start = 0;
  for (const [low, high] of joined([set])) {
    if (start < low) ranges.push([start, low - 1]);
    start = high + 1;
  }
  if (start <= LARGEST) ranges.push([start, LARGEST]);
  return ranges;
}

/** Whether a set has a character. */
export function has(set: CharacterSet, code: number): boolean {
  return set.some(([low, high]) => code >= low && code <= high);
}
