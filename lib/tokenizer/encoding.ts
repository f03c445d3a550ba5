import type { Tokens } from "../../ffi/tokenizer.ts";
import { arrayOf } from "../../ffi/base/intrinsics.ts";
import type { CheckedPadding } from "./options.ts";

/** The part of a text that a token stands for. */
export type Offset = readonly [start: number, end: number];

/** A text as tokens. All arrays have an element for each token. */
export interface Encoding {
  /** Ids of the tokens. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** 0 for tokens of the first text and 1 for those of the second, usually. */
  readonly typeIds: Uint8Array<ArrayBuffer>;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Uint8Array<ArrayBuffer>;
  /**
   * Where the tokens are in their text: `text.slice(start, end)` is a token's
   * text, unless the options ask for bytes. `[0, 0]` for special tokens that were
   * added. Only if the options ask for it.
   */
  readonly offsets?: readonly Offset[];
}

/** Tokens and where they are in their text. */
export interface PlacedTokens extends Omit<Tokens, "offsets"> {
  readonly offsets: readonly Offset[] | undefined;
}

/**
 * Makes encodings of tokens, equally long if there is a padding.
 *
 * @param all The tokens of each text.
 * @param padding How they are made equally long.
 */
export function toEncodings(
  all: readonly PlacedTokens[],
  padding: CheckedPadding | undefined,
): Encoding[] {
  const length = padding === undefined ? 0 : paddedLength(all, padding);
  return arrayOf(
    all.length,
    (at) =>
      padding === undefined || all[at]!.ids.length >= length
        ? toEncoding(all[at]!)
        : pad(all[at]!, length, padding),
  );
}

function paddedLength(
  all: readonly PlacedTokens[],
  { length, multipleOf }: CheckedPadding,
): number {
  const longest = length ??
    all.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  return Math.ceil(longest / multipleOf) * multipleOf;
}

/**
 * Makes an encoding of tokens.
 *
 * @param tokens The tokens of a text.
 */
export function toEncoding(
  { ids, typeIds, offsets }: PlacedTokens,
): Encoding {
  const attentionMask = new Uint8Array(ids.length).fill(1);
  return withOffsets({ ids, typeIds, attentionMask }, offsets);
}

function withOffsets(
  encoding: Encoding,
  offsets: readonly Offset[] | undefined,
): Encoding {
  return offsets === undefined ? encoding : { ...encoding, offsets };
}

const NOWHERE: Offset = Object.freeze([0, 0] as const);

function pad(
  { ids, typeIds, offsets }: PlacedTokens,
  length: number,
  { direction, id, typeId }: CheckedPadding,
): Encoding {
  const added = length - ids.length;
  const start = direction === "left" ? added : 0;
  const padded = {
    ids: new Uint32Array(length).fill(id),
    typeIds: new Uint8Array(length).fill(typeId),
    attentionMask: new Uint8Array(length),
  };
  padded.ids.set(ids, start);
  padded.typeIds.set(typeIds, start);
  padded.attentionMask.fill(1, start, start + ids.length);
  if (offsets === undefined) return padded;
  const nowhere = arrayOf(added, () => NOWHERE);
  return withOffsets(
    padded,
    direction === "left" ? [...nowhere, ...offsets] : [...offsets, ...nowhere],
  );
}
