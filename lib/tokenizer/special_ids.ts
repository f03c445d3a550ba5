/** Ids of special tokens by purpose; left out where a tokenizer has none. */
export interface SpecialIds {
  /** Begins a sequence. */
  readonly bos?: number;
  /** Ends a sequence. */
  readonly eos?: number;
  /** Stands for what is not in the vocabulary. */
  readonly unk?: number;
  /** Fills up a sequence. */
  readonly pad?: number;
  /** Stands for the class of a sequence. */
  readonly cls?: number;
  /** Separates sequences. */
  readonly sep?: number;
  /** Hides a token. */
  readonly mask?: number;
}

const NAMES = ["bos", "eos", "unk", "pad", "cls", "sep", "mask"] as const;

/**
 * Names ids.
 *
 * @param ids The ids in the order of the names.
 */
export function toSpecialIds(ids: readonly (number | undefined)[]): SpecialIds {
  const named: { -readonly [Name in keyof SpecialIds]: number } = {};
  NAMES.forEach((name, at) => {
    const id = ids[at];
    if (id !== undefined) named[name] = id;
  });
  return named;
}
