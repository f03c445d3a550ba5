import { arrayOf } from "../../ffi/base/intrinsics.ts";
import type { Tokens } from "../../ffi/tokenizer.ts";
import { createTokens, type TokenArrays } from "../../ffi/token_memory.ts";
import type { CheckedPadding } from "./options.ts";

/** The part of a text that a token stands for. */
export type Offset = readonly [start: number, end: number];

/**
 * A text as tokens. All arrays have an element for each token, and are views of
 * one buffer, `ids.buffer`, which begins with the ids.
 */
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
  padding: CheckedPadding,
): number {
  const longest = (longest: number, { ids }: PlacedTokens) =>
    Math.max(longest, ids.length);
  return lengthFor(all.reduce(longest, 0), padding);
}

function lengthFor(
  longest: number,
  { length = longest, multipleOf }: CheckedPadding,
): number {
  return Math.ceil(length / multipleOf) * multipleOf;
}

function toEncoding(
  { ids, typeIds, attentionMask, offsets }: PlacedTokens,
): Encoding {
  return withOffsets({ ids, typeIds, attentionMask }, offsets);
}

/**
 * Makes the encoding of a text, with room for its tokens.
 *
 * @param count Number of tokens.
 * @param padding How long it is made.
 * @param take Writes the tokens; `start` is the index of the first.
 */
export function createEncoding(
  count: number,
  padding: CheckedPadding | undefined,
  take: (encoding: Encoding, start: number, count: number) => void,
): Encoding {
  if (padding === undefined) {
    const encoding = createTokens(count);
    take(encoding, 0, count);
    return encoding;
  }
  const length = Math.max(count, lengthFor(count, padding));
  const start = padding.direction === "left" ? length - count : 0;
  const encoding = createPadded(length, padding);
  take(encoding, start, count);
  return encoding;
}

function createPadded(
  length: number,
  { id, typeId }: CheckedPadding,
): TokenArrays {
  const padded = createTokens(length);
  if (id !== 0) padded.ids.fill(id);
  if (typeId !== 0) padded.typeIds.fill(typeId);
  return padded;
}

function withOffsets(
  encoding: Encoding,
  offsets: readonly Offset[] | undefined,
): Encoding {
  return offsets === undefined ? encoding : { ...encoding, offsets };
}

const NOWHERE: Offset = Object.freeze([0, 0] as const);

function pad(
  { ids, typeIds, attentionMask, offsets }: PlacedTokens,
  length: number,
  padding: CheckedPadding,
): Encoding {
  const added = length - ids.length;
  const isLeft = padding.direction === "left";
  const start = isLeft ? added : 0;
  const padded = createPadded(length, padding);
  padded.ids.set(ids, start);
  padded.typeIds.set(typeIds, start);
  padded.attentionMask.set(attentionMask, start);
  if (offsets === undefined) return padded;
  const nowhere = arrayOf(added, () => NOWHERE);
  return withOffsets(
    padded,
    isLeft ? [...nowhere, ...offsets] : [...offsets, ...nowhere],
  );
}
