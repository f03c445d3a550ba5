import { type Bytes, isBytes } from "../../ffi/base/typed_array.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import {
  createJsonTokenizer,
  createTiktokenTokenizer,
  decodeIds,
  EncodeFlag,
  encodeOne,
  encodeTexts,
  findToken,
  readToken,
  readTokenizer,
  takeTokens,
  type TokenizerFacts,
} from "../../ffi/tokenizer.ts";
import { copyArray, isArray, mustBe, toName, toText } from "../base/checks.ts";
import type { Facts } from "../base/printing.ts";
import { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { readOptions } from "../base/options.ts";
import { withSource } from "../files/named_source.ts";
import { createEncoding, type Encoding, toEncodings } from "./encoding.ts";
import { type Ids, toId, toIds } from "./ids.ts";
import {
  type CheckedEncodeOptions,
  type DecodeOptions,
  type EncodeOptions,
  type EncodeStreamOptions,
  type LengthSettings,
  readEncodeOptions,
  TIKTOKEN_ENCODINGS,
  type TiktokenEncoding,
  TOKENIZER_OPTIONS,
  type TokenizerOptions,
} from "./options.ts";
import { type Encode, placeTokens } from "./placed_tokens.ts";
import { readLengthSettings } from "./length_settings.ts";
import { type SpecialIds, toSpecialIds } from "./special_ids.ts";
import {
  createDecoder,
  createEncoder,
  decodeFlags,
  decodingStream,
  encodeFlags,
  encodingStream,
  type TokenDecoder,
  type TokenEncoder,
} from "./token_stream.ts";

/** A text, or a pair of texts, such as a question and its answer. */
export type TextOrPair = string | readonly [first: string, second: string];

/**
 * Turns text into the tokens of a language model and back.
 *
 * @example
 * ```ts ignore needs a file
 * import { Tokenizer } from "@iree/runtime/tokenizer";
 *
 * using tokenizer = Tokenizer.fromFile("tokenizer.json");
 * const { ids } = tokenizer.encode("Hello, world!");
 * console.log(ids, tokenizer.decode(ids));
 * ```
 */
export class Tokenizer extends NativeObject {
  readonly #lengths: LengthSettings;
  readonly #defaults: CheckedEncodeOptions;
  #facts: TokenizerFacts | undefined;

  /**
   * Takes ownership of a handle.
   *
   * @param handle The owned handle.
   * @param lengths How long the file makes texts.
   * @internal
   */
  constructor(handle: Handle, lengths: LengthSettings) {
    super(handle);
    this.#lengths = lengths;
    this.#defaults = readEncodeOptions(undefined, lengths);
  }

  /**
   * Opens a tokenizer's file: a `tokenizer.json` of Hugging Face, or a
   * `.tiktoken` file of OpenAI. Needs `--allow-read`.
   *
   * @param path Path or `file:` URL.
   * @param options The encoding of a `.tiktoken` file.
   * @returns The tokenizer, which the caller must dispose; throws NOT_FOUND if
   * the file cannot be opened, INVALID_ARGUMENT if it is damaged, and
   * UNIMPLEMENTED if it needs what IREE does not have.
   */
  static fromFile(path: string | URL, options?: TokenizerOptions): Tokenizer {
    return openTokenizer(path, options);
  }

  /**
   * Creates a tokenizer from the contents of its file.
   *
   * @param bytes The contents.
   * @param options The encoding, if it is a `.tiktoken` file.
   * @returns The same as {@linkcode Tokenizer.fromFile}.
   */
  static fromBytes(bytes: Bytes, options?: TokenizerOptions): Tokenizer {
    if (isBytes(bytes)) return openTokenizer(bytes, options);
    throw mustBe("bytes", "a Uint8Array or an ArrayBuffer", bytes);
  }

  /** Kind of the model: `BPE`, `WordPiece` or `Unigram`. */
  get modelType(): string {
    return this.#read().modelType;
  }

  /** Number of tokens. */
  get size(): number {
    return this.#read().tokenCount;
  }

  /** The highest id of a token + 1, which a model's output must reach. */
  get idLimit(): number {
    return this.#read().capacity;
  }

  /** Number of merges of a BPE model. */
  get mergeCount(): number {
    return this.#read().mergeCount;
  }

  /** Special tokens and their ids. */
  get specialTokens(): ReadonlyMap<string, number> {
    return new Map(this.#read().specialTokens.map(([id, text]) => [text, id]));
  }

  /** Ids of special tokens by purpose, as far as IREE recognizes them. */
  get specialIds(): SpecialIds {
    return toSpecialIds(this.#read().specialIds);
  }

  /**
   * Encodes a text.
   *
   * @param text The text, or a pair of texts. Lone surrogates become U+FFFD.
   * @param options Special tokens, offsets, truncation and padding.
   * @returns Its tokens.
   */
  encode(text: TextOrPair, options?: EncodeOptions): Encoding {
    const checked = options === undefined
      ? this.#defaults
      : readEncodeOptions(options, this.#lengths);
    if (typeof text === "string" && !checked.offsets) {
      const count = encodeOne(handleOf(this), text, encodeFlags(checked));
      const { truncation, padding } = checked;
      if (truncation === undefined || count <= truncation.maxLength) {
        return createEncoding(count, padding, takeTokens);
      }
    }
    return this.#encode([toTexts(text)], checked)[0]!;
  }

  /**
   * Encodes texts, which are made equally long if there is a padding.
   *
   * @param texts Texts, or pairs of texts.
   * @param options The same as for {@linkcode Tokenizer.encode}.
   * @returns The tokens of each.
   */
  encodeBatch(
    texts: readonly TextOrPair[],
    options?: EncodeOptions,
  ): Encoding[] {
    const checked = readEncodeOptions(options, this.#lengths);
    const batch = convertArray("texts", texts, toTexts);
    return batch.length === 0 ? [] : this.#encode(batch, checked);
  }

  #encode(
    batch: readonly (readonly string[])[],
    options: CheckedEncodeOptions,
  ): Encoding[] {
    const handle = handleOf(this);
    const withOffsets = options.offsets ? EncodeFlag.trackOffsets : 0;
    const encode: Encode = (texts, inPairs, specialTokens) => {
      const flags = encodeFlags({ ...options, specialTokens }) | withOffsets;
      return encodeTexts(handle, texts, inPairs, flags);
    };
    const placed = placeTokens(batch, options, this.#read(), encode);
    return toEncodings(placed, options.padding);
  }

  /**
   * Decodes ids. Ids without a token have no text.
   *
   * @param ids The ids.
   * @param options Whether special tokens become text.
   * @returns The text; bytes that are not UTF-8 become U+FFFD.
   */
  decode(ids: Ids, options?: DecodeOptions): string {
    return decodeIds(handleOf(this), [toIds(ids)], decodeFlags(options))[0]!;
  }

  /**
   * Decodes lists of ids.
   *
   * @param lists The lists.
   * @param options The same as for {@linkcode Tokenizer.decode}.
   * @returns The text of each.
   */
  decodeBatch(lists: readonly Ids[], options?: DecodeOptions): string[] {
    const copies = convertArray("lists", lists, toIds);
    return decodeIds(handleOf(this), copies, decodeFlags(options));
  }

  /**
   * Starts to encode a text that arrives in parts. Truncation and padding do not
   * apply.
   *
   * @param options Special tokens.
   * @returns The encoder, which the caller must dispose.
   */
  encoder(options?: EncodeStreamOptions): TokenEncoder {
    return createEncoder(handleOf(this), options);
  }

  /**
   * Starts to decode ids that arrive one by one.
   *
   * @param options Whether special tokens become text.
   * @returns The decoder, which the caller must dispose.
   */
  decoder(options?: DecodeOptions): TokenDecoder {
    return createDecoder(handleOf(this), options);
  }

  /**
   * Creates a stream from text, or UTF-8, to ids. Chunks may end anywhere.
   *
   * @param options The same as for {@linkcode Tokenizer.encoder}.
   */
  encodeStream(
    options?: EncodeStreamOptions,
  ): TransformStream<
    string | Uint8Array<ArrayBuffer>,
    Uint32Array<ArrayBuffer>
  > {
    return encodingStream(handleOf(this), options);
  }

  /**
   * Creates a stream from ids to text. Chunks end between characters.
   *
   * @param options The same as for {@linkcode Tokenizer.decoder}.
   */
  decodeStream(
    options?: DecodeOptions,
  ): TransformStream<number | Ids, string> {
    return decodingStream(handleOf(this), options);
  }

  /**
   * Finds a token of the vocabulary.
   *
   * @param token The token as the vocabulary has it, such as `[CLS]` or `Ġthe`.
   * @returns Its id, or `undefined`.
   */
  tokenToId(token: string): number | undefined {
    return findToken(handleOf(this), toText("token", token));
  }

  /**
   * Returns a token of the vocabulary. Its text may differ from what it decodes
   * to: spaces are `Ġ` or `▁` in many vocabularies.
   *
   * @param id The id.
   * @returns The token, or `undefined` for an id without one.
   */
  idToToken(id: number): string | undefined {
    return readToken(handleOf(this), toId(id))?.text;
  }

  #read(): TokenizerFacts {
    return (this.#facts ??= readTokenizer(handleOf(this)));
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return { modelType: () => this.modelType, size: () => this.size };
  }
}

function openTokenizer(
  source: string | URL | Bytes,
  options: TokenizerOptions | undefined,
): Tokenizer {
  const { encoding, library } = readOptions(options, TOKENIZER_OPTIONS);
  if (encoding !== undefined) toText("encoding", encoding);
  using opened = Instance.open({ library });
  const instance = handleOf(opened);
  return withSource(source, (file, path) => {
    const bytes = file.read(0, file.byteLength);
    const name = encoding ?? encodingOf(path);
    if (name !== undefined) {
      toName("encoding", name as TiktokenEncoding, TIKTOKEN_ENCODINGS);
      const handle = createTiktokenTokenizer(instance, bytes, name);
      return new Tokenizer(handle, NO_LENGTHS);
    }
    const lengths = readLengthSettings(bytes);
    return new Tokenizer(createJsonTokenizer(instance, bytes), lengths);
  });
}

const NO_LENGTHS: LengthSettings = {
  truncation: undefined,
  padding: undefined,
};

function encodingOf(path: string | undefined): string | undefined {
  return /([^/\\]*)\.tiktoken$/.exec(path ?? "")?.[1];
}

/** Converts entries one by one, so that the first wrong one is rejected. */
function convertArray<From, To>(
  what: string,
  array: readonly From[],
  convert: (entry: From) => To,
): To[] {
  const converted: To[] = [];
  copyArray(what, array, (entry) => converted.push(convert(entry)));
  return converted;
}

function toTexts(text: TextOrPair): readonly string[] {
  if (typeof text === "string") return [text];
  if (isArray(text) && text.length === 2) {
    return [toText("text[0]", text[0]!), toText("text[1]", text[1]!)];
  }
  throw mustBe("text", "a string or a pair of strings", text);
}
