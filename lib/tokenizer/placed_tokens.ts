import { arrayOf } from "../../ffi/base/intrinsics.ts";
import { createTokens } from "../../ffi/token_memory.ts";
import type { TokenizerFacts, Tokens } from "../../ffi/tokenizer.ts";
import type { Offset, PlacedTokens } from "./encoding.ts";
import type { CheckedEncodeOptions } from "./options.ts";
import { toTextUnits } from "./text_units.ts";
import { type Layout, layoutOf, truncate } from "./truncate.ts";

/** Encodes texts, or pairs of texts one after the other. */
export type Encode = (
  texts: readonly string[],
  inPairs: boolean,
  specialTokens: boolean,
) => Tokens[];

/**
 * Encodes texts, drops tokens of those that are too long, and finds the places
 * of tokens in their texts.
 *
 * @param batch Texts, or pairs of texts.
 * @param options What is asked for.
 * @param facts The tokenizer.
 * @param encode Encodes the texts.
 */
export function placeTokens(
  batch: readonly (readonly string[])[],
  options: CheckedEncodeOptions,
  facts: TokenizerFacts,
  encode: Encode,
): PlacedTokens[] {
  const tokens = encodeAll(batch, options, facts, encode);
  const { truncation, offsets, specialTokens } = options;
  if (truncation === undefined && !offsets) return tokens as PlacedTokens[];
  return arrayOf(tokens.length, (at) => {
    const texts = batch[at]!;
    const { length } = tokens[at]!.ids;
    // Only here it matters which text of a pair a token belongs to.
    const firstOfPair = texts.length === 1
      ? undefined
      : encode([texts[0]!], false, false)[0]!.ids.length;
    const layout = layoutOf(facts, length, firstOfPair, specialTokens);
    const placed = place(tokens[at]!, offsets === "bytes" ? [] : texts, layout);
    return truncation === undefined
      ? placed
      : truncate(placed, layout, truncation);
  });
}

// Texts and pairs are encoded by a call each.
function encodeAll(
  batch: readonly (readonly string[])[],
  { specialTokens }: CheckedEncodeOptions,
  facts: TokenizerFacts,
  encode: Encode,
): Tokens[] {
  const singles = batch.filter((texts) => texts.length === 1);
  const pairs = batch.filter((texts) => texts.length === 2);
  const ofSingles = singles.length === 0
    ? []
    : encode(singles.flat(), false, specialTokens);
  const ofPairs = pairs.length === 0
    ? []
    : facts.pair.every((count) => count === 0)
    ? joinPairs(encode(pairs.flat(), false, false))
    : encode(pairs.flat(), true, specialTokens);
  if (pairs.length === 0) return ofSingles;
  let single = 0;
  let pair = 0;
  return batch.map((texts) =>
    texts.length === 1 ? ofSingles[single++]! : ofPairs[pair++]!
  );
}

// IREE rejects pairs if no special tokens are added to them.
function joinPairs(texts: readonly Tokens[]): Tokens[] {
  return arrayOf(texts.length / 2, (at) => {
    const [first, second] = [texts[2 * at]!, texts[2 * at + 1]!];
    const { length } = first.ids;
    const tokens = createTokens(length + second.ids.length);
    tokens.ids.set(first.ids);
    tokens.ids.set(second.ids, length);
    tokens.typeIds.fill(1, length);
    tokens.attentionMask.fill(1);
    return {
      ...tokens,
      offsets: first.offsets && second.offsets &&
        new Uint32Array([...first.offsets, ...second.offsets]),
    };
  });
}

function place(
  { offsets: bytes, ...tokens }: Tokens,
  texts: readonly string[],
  { before, first, between }: Layout,
): PlacedTokens {
  if (bytes === undefined) return { ...tokens, offsets: undefined };
  const second = before + first + between;
  if (texts.length > 0) toTextUnits(texts[0]!, bytes.subarray(0, 2 * second));
  if (texts.length > 1) toTextUnits(texts[1]!, bytes.subarray(2 * second));
  const offsets = arrayOf(
    tokens.ids.length,
    (at): Offset => [bytes[2 * at]!, bytes[2 * at + 1]!],
  );
  return { ...tokens, offsets };
}
