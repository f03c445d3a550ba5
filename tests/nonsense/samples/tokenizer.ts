import { byteTokenizer, fileOf } from "../../tokenizer/made_tokenizers.ts";
import { options, type Samples } from "./options.ts";

function encodeStreamOptions(): object {
  return options({ specialTokens: true, matchSpecialTokens: true });
}

function encodeOptions(): object {
  return options({
    specialTokens: true,
    matchSpecialTokens: true,
    offsets: true,
    truncation: options({
      maxLength: 16,
      direction: "left",
      strategy: "longest-first",
    }),
    padding: options({
      length: 16,
      multipleOf: 8,
      direction: "left",
      id: 0,
      typeId: 0,
    }),
  });
}

/** Arguments of the functions of `lib/tokenizer`. */
export const TOKENIZER_SAMPLES: Samples = {
  "Tokenizer.fromFile": () => [
    "cl100k_base.tiktoken",
    options({ encoding: "cl100k_base", library: undefined }),
  ],
  "Tokenizer.fromBytes": () => [fileOf(byteTokenizer()), options({})],
  "Tokenizer.prototype.encode": () => ["text", encodeOptions()],
  "Tokenizer.prototype.encodeBatch": () => [
    ["text", ["first", "second"]],
    encodeOptions(),
  ],
  "Tokenizer.prototype.decode": () => [
    [1, 2],
    options({ specialTokens: true }),
  ],
  "Tokenizer.prototype.decodeBatch": () => [
    [[1, 2], new Uint32Array([3])],
    options({ specialTokens: true }),
  ],
  "Tokenizer.prototype.encoder": () => [encodeStreamOptions()],
  "Tokenizer.prototype.decoder": () => [options({ specialTokens: true })],
  "Tokenizer.prototype.encodeStream": () => [encodeStreamOptions()],
  "Tokenizer.prototype.decodeStream": () => [options({ specialTokens: true })],
  "Tokenizer.prototype.tokenToId": () => ["hello"],
  "Tokenizer.prototype.idToToken": () => [1],
  "TokenEncoder.prototype.push": () => ["text"],
  "TokenEncoder.prototype.finish": () => [],
  "TokenDecoder.prototype.push": () => [[1, 2]],
  "TokenDecoder.prototype.finish": () => [],
};
