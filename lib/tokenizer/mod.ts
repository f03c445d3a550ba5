/**
 * Tokenizers of language models: text to tokens and back.
 *
 * @example
 * ```ts ignore needs a file
 * import { Tokenizer } from "@iree/runtime/tokenizer";
 *
 * using tokenizer = Tokenizer.fromFile("tokenizer.json");
 * const { ids } = tokenizer.encode("Hello, world!");
 * console.log(tokenizer.decode(ids));
 * ```
 *
 * @module
 */

export type { Encoding, Offset } from "./encoding.ts";
export type { Ids } from "./ids.ts";
export type {
  DecodeOptions,
  EncodeOptions,
  EncodeStreamOptions,
  Padding,
  Side,
  TiktokenEncoding,
  TokenizerOptions,
  Truncation,
} from "./options.ts";
export type { SpecialIds } from "./special_ids.ts";
export { TokenDecoder, TokenEncoder } from "./token_stream.ts";
export { type TextOrPair, Tokenizer } from "./tokenizer.ts";
