/**
 * The made tokenizers that are compared with Hugging Face's.
 *
 * @module
 */

import {
  byteTokenizer,
  fallbackTokenizer,
  pieceTokenizer,
  type TokenizerJson,
  wordTokenizer,
} from "./made_tokenizers.ts";

/** Number of texts in `expected.json`. */
export const EXPECTED_COUNT = 150;

const BYTE_LEVEL = {
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: false,
};

/** The tokenizers by name. */
export const MADE: Readonly<Record<string, TokenizerJson>> = {
  bytes: byteTokenizer(),
  composed: byteTokenizer({ normalizer: { type: "NFC" } }),
  digits: byteTokenizer({
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {
          type: "Split",
          pattern: { Regex: "\\p{N}{1,3}" },
          behavior: "Isolated",
          invert: false,
        },
        BYTE_LEVEL,
      ],
    },
  }),
  words: wordTokenizer(),
  pieces: pieceTokenizer(),
  fallback: fallbackTokenizer(),
};
