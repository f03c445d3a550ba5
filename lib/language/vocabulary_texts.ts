import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { VocabularyTexts } from "./json_mask.ts";

/**
 * Reads the texts of a vocabulary, as tokens have them inside of an answer.
 *
 * @param tokenizer The tokenizer.
 * @param size Number of tokens.
 * @param endTokens Tokens that have no text in answers.
 */
export function readVocabularyTexts(
  tokenizer: Tokenizer,
  size: number,
  endTokens: readonly number[],
): VocabularyTexts {
  // Some decoders leave out a space at the start of a text.
  const before = [...tokenizer.encode("a", { specialTokens: false }).ids];
  const { length } = tokenizer.decode(before);
  const ends = new Set(endTokens);
  const texts = Array.from({ length: size }, (_, token) => {
    if (ends.has(token) || tokenizer.idToToken(token) === undefined) return "";
    return tokenizer.decode([...before, token]).slice(length);
  });
  return new VocabularyTexts(texts);
}
