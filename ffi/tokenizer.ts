/**
 * Tokenizers: creation, vocabulary, whole texts.
 *
 * @module
 */

import { arrayOf, toBigint } from "./base/intrinsics.ts";
import { encodeText } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { checkLength, readRecord, readString } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import {
  copyIds,
  createTokens,
  decodeRange,
  placeTokens,
  TextScratch,
  type TokenArrays,
} from "./token_memory.ts";

/** `iree_tokenizer_encode_flag_bits_e` */
export const EncodeFlag = {
  trackOffsets: 2,
  addSpecialTokens: 4,
  noSpecialTokenMatching: 8,
} as const;

/** `iree_tokenizer_decode_flag_bits_e` */
export const DecodeFlag = { skipSpecialTokens: 1 } as const;

/** `iree_tokenizer_token_attr_bits_e` */
const Attribute = { special: 8, unused: 16 } as const;

/** Returned for a token that the vocabulary does not have. */
const NO_ID = 0xffffffff;

/** Creates a tokenizer from a `tokenizer.json`. */
export function createJsonTokenizer(instance: Handle, source: Bytes): Handle {
  const bytes = bytesOf(source, "a tokenizer");
  return own(
    Kind.tokenizer,
    native.iree_ffi_tokenizer_from_json(bytes, toBigint(lengthOf(bytes))),
    instance,
  );
}

/** Creates a tokenizer from a `.tiktoken` file. */
export function createTiktokenTokenizer(
  instance: Handle,
  source: Bytes,
  encoding: string,
): Handle {
  const bytes = bytesOf(source, "a tokenizer");
  const name = encodeText(encoding, "encoding");
  return own(
    Kind.tokenizer,
    native.iree_ffi_tokenizer_from_tiktoken(
      bytes,
      toBigint(lengthOf(bytes)),
      name,
      lengthOf(name),
    ),
    instance,
  );
}

/**
 * Returns the text of a member of a JSON object, without parsing the others.
 *
 * @param source The object in UTF-8.
 * @param name The member's name.
 * @returns The text; empty for a missing member.
 */
export function readJsonMember(source: Bytes, name: string): string {
  const bytes = bytesOf(source, "JSON");
  const key = encodeText(name, "a name");
  return readString((buffer, capacity) =>
    native.iree_ffi_json_member(
      bytes,
      toBigint(lengthOf(bytes)),
      key,
      lengthOf(key),
      buffer,
      capacity,
    )
  );
}

/** What a tokenizer is made of. */
export interface TokenizerFacts {
  readonly modelType: string;
  /** The highest id + 1. */
  readonly capacity: number;
  readonly tokenCount: number;
  readonly mergeCount: number;
  /** Ids of bos, eos, unk, pad, cls, sep and mask. */
  readonly specialIds: readonly (number | undefined)[];
  /** Numbers of special tokens before and after one text. */
  readonly single: readonly [before: number, after: number];
  /** Numbers of special tokens before, between and after two texts. */
  readonly pair: readonly [before: number, between: number, after: number];
  /** Special tokens of the vocabulary. */
  readonly specialTokens: readonly (readonly [id: number, text: string])[];
}

/** Describes a tokenizer. */
export function readTokenizer(tokenizer: Handle): TokenizerFacts {
  const reader = readRecord((buffer, capacity) =>
    native.iree_ffi_tokenizer_describe(
      tokenizer.pointer(Kind.tokenizer),
      buffer,
      capacity,
    )
  );
  const modelType = reader.string();
  const u32 = () => reader.u32();
  return {
    modelType,
    capacity: u32(),
    tokenCount: u32(),
    mergeCount: u32(),
    specialIds: arrayOf(7, () => idOrNone(u32())),
    single: [u32(), u32()],
    pair: [u32(), u32(), u32()],
    specialTokens: reader.list(() => [u32(), reader.string()]),
  };
}

function idOrNone(id: number): number | undefined {
  return id === NO_ID ? undefined : id;
}

/** Returns the id of a token, or `undefined`. */
export function findToken(tokenizer: Handle, text: string): number | undefined {
  const bytes = encodeText(text, "a token");
  return idOrNone(
    native.iree_ffi_tokenizer_token_id(
      tokenizer.pointer(Kind.tokenizer),
      bytes,
      lengthOf(bytes),
    ),
  );
}

/** Returns the text of a token in the vocabulary, or `undefined`. */
export function readToken(
  tokenizer: Handle,
  id: number,
): { readonly text: string; readonly isSpecial: boolean } | undefined {
  const reader = readRecord((buffer, capacity) =>
    native.iree_ffi_tokenizer_token(
      tokenizer.pointer(Kind.tokenizer),
      id,
      buffer,
      capacity,
    )
  );
  const attributes = reader.u32();
  if ((attributes & Attribute.unused) !== 0) return undefined;
  return {
    text: reader.string(),
    isSpecial: (attributes & Attribute.special) !== 0,
  };
}

/** The tokens of a text, which all count in the mask. */
export interface Tokens extends TokenArrays {
  /** Pairs of the first byte and the byte after the last, if asked for. */
  readonly offsets: Uint32Array<ArrayBuffer> | undefined;
}

/** How many tokens memory has room for at first. */
const LEAST = 4096;

const texts = new TextScratch();
let counts = new Uint32Array(16);
let capacity = LEAST;
let ids = new Uint32Array(capacity);
let typeIds = new Uint8Array(capacity);
let offsets: Uint32Array<ArrayBuffer> | undefined;

/** How long memory that is kept for the next call may be. */
const MAX_KEPT = 1 << 20;

/**
 * Encodes texts, or pairs of texts one after the other.
 *
 * @param tokenizer The tokenizer.
 * @param sources The texts; lone surrogates become U+FFFD.
 * @param inPairs Whether they are pairs.
 * @param flags {@linkcode EncodeFlag}s.
 * @returns The tokens of each text or pair.
 */
export function encodeTexts(
  tokenizer: Handle,
  sources: readonly string[],
  inPairs: boolean,
  flags: number,
): Tokens[] {
  const pointer = tokenizer.pointer(Kind.tokenizer);
  const length = texts.write(sources);
  const count = inPairs ? sources.length / 2 : sources.length;
  if (count > lengthOf(counts)) counts = new Uint32Array(count);
  encode(pointer, length, sources.length, inPairs, flags);
  const result = splitTokens(
    count,
    (flags & EncodeFlag.trackOffsets) !== 0 ? offsets : undefined,
  );
  release();
  return result;
}

/**
 * Encodes one text, in less time than several. The tokens stay where
 * {@linkcode takeTokens} finds them until the next call.
 *
 * @param tokenizer The tokenizer.
 * @param source The text.
 * @param flags {@linkcode EncodeFlag}s but for offsets.
 * @returns Number of its tokens.
 */
export function encodeOne(
  tokenizer: Handle,
  source: string,
  flags: number,
): number {
  const pointer = tokenizer.pointer(Kind.tokenizer);
  return encode(pointer, texts.writeOne(source), 1, false, flags);
}

/**
 * Takes the tokens of {@linkcode encodeOne}.
 *
 * @param target Their arrays, of zeros.
 * @param start Index of the first.
 * @param count Number of tokens.
 */
export function takeTokens(
  target: TokenArrays,
  start: number,
  count: number,
): void {
  placeTokens(target, start, ids, typeIds, 0, count);
  release();
}

/** Leaves tokens in `ids`, `typeIds`, `offsets` and `counts`. */
function encode(
  pointer: Deno.PointerValue,
  length: number,
  textCount: number,
  inPairs: boolean,
  flags: number,
): number {
  // A token is a byte or more, unless normalizing makes the text longer.
  reserve(length + 16 * textCount);
  const withOffsets = (flags & EncodeFlag.trackOffsets) !== 0;
  for (;;) {
    if (withOffsets) offsets ??= new Uint32Array(2 * capacity);
    const total = checkLength(
      native.iree_ffi_tokenizer_encode(
        pointer,
        texts.bytes,
        texts.ends,
        textCount,
        inPairs ? 1 : 0,
        flags,
        counts,
        ids,
        typeIds,
        withOffsets ? offsets! : null,
        capacity,
      ),
    );
    if (total <= capacity) return total;
    reserve(total);
  }
}

function splitTokens(
  count: number,
  offsets: Uint32Array<ArrayBuffer> | undefined,
): Tokens[] {
  let begin = 0;
  return arrayOf(count, (index) => {
    const start = begin;
    begin += counts[index]!;
    const arrays = createTokens(begin - start);
    placeTokens(arrays, 0, ids, typeIds, start, begin);
    return {
      ids: arrays.ids,
      typeIds: arrays.typeIds,
      attentionMask: arrays.attentionMask,
      offsets: offsets && copyIds(offsets, 2 * start, 2 * begin),
    };
  });
}

function reserve(needed: number): void {
  if (needed <= capacity) return;
  capacity = needed;
  ids = new Uint32Array(capacity);
  typeIds = new Uint8Array(capacity);
  offsets = undefined;
}

function release(): void {
  texts.release();
  if (capacity <= MAX_KEPT) return;
  capacity = 0;
  reserve(LEAST);
}

let outEnds = new Uint32Array(16);
let inEnds = new Uint32Array(16);

/**
 * Decodes lists of ids.
 *
 * @param tokenizer The tokenizer.
 * @param lists The ids.
 * @param flags {@linkcode DecodeFlag}s.
 * @returns The text of each list.
 */
export function decodeIds(
  tokenizer: Handle,
  lists: readonly Uint32Array<ArrayBuffer>[],
  flags: number,
): string[] {
  const pointer = tokenizer.pointer(Kind.tokenizer);
  const count = lists.length;
  if (count > lengthOf(outEnds)) {
    outEnds = new Uint32Array(count);
    inEnds = new Uint32Array(count);
  }
  const joined = joinIds(lists, inEnds);
  return decodeRange(
    count,
    outEnds,
    (buffer, capacity) =>
      checkLength(
        native.iree_ffi_tokenizer_decode(
          pointer,
          joined,
          inEnds,
          count,
          flags,
          outEnds,
          buffer,
          capacity,
        ),
      ),
  );
}

/** Joins lists; native code reads as many ids as the end of each list says. */
function joinIds(
  lists: readonly Uint32Array<ArrayBuffer>[],
  ends: Uint32Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  let length = 0;
  for (let i = 0; i < lists.length; i++) {
    length += lengthOf(lists[i]);
    ends[i] = length;
  }
  if (lists.length === 1) return lists[0]!;
  const joined = new Uint32Array(length);
  let at = 0;
  for (let i = 0; i < lists.length; i++) {
    const list = lists[i]!;
    const end = ends[i]!;
    for (let j = 0; at < end; j++, at++) joined[at] = list[j]!;
  }
  return joined;
}
