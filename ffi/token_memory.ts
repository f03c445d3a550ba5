/**
 * Memory that calls of tokenizers reuse.
 *
 * @module
 */

import { arrayOf, uncurry } from "./base/intrinsics.ts";
import { setBytes } from "./base/record.ts";
import { decode } from "./base/text.ts";
import { bufferOf, byteOffsetOf, lengthOf } from "./base/typed_array.ts";

const encoder = new TextEncoder();
const encodeInto = uncurry(TextEncoder.prototype.encodeInto);
const codeAt = uncurry(String.prototype.charCodeAt);

/** How long memory that is kept for the next call may be. */
const MAX_KEPT = 1 << 20;

const LEAST = 4096;

/** UTF-8 has at most as many bytes for each unit of UTF-16. */
const MAX_BYTES = 3;

/** Up to this many elements, assigning each is faster than a function. */
const FEW = 64;

const MAX_ASCII = 0x7f;

/** Texts in UTF-8, one after the other. */
export class TextScratch {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(LEAST);
  /** Where each text ends. */
  ends: Uint32Array<ArrayBuffer> = new Uint32Array(16);

  /**
   * Writes texts over the last ones.
   *
   * @param texts The texts; lone surrogates become U+FFFD.
   * @returns Number of all bytes.
   */
  write(texts: readonly string[]): number {
    let needed = 0;
    for (let i = 0; i < texts.length; i++) needed += texts[i]!.length;
    needed *= MAX_BYTES;
    if (needed > lengthOf(this.bytes)) this.bytes = new Uint8Array(needed);
    if (texts.length > lengthOf(this.ends)) {
      this.ends = new Uint32Array(texts.length);
    }
    const buffer = bufferOf(this.bytes);
    let end = 0;
    for (let i = 0; i < texts.length; i++) {
      const rest = end === 0 ? this.bytes : new Uint8Array(buffer, end);
      end += encodeInto(encoder, texts[i]!, rest).written;
      this.ends[i] = end;
    }
    return end;
  }

  /**
   * Writes one text over the last ones, in less time than several.
   *
   * @param text The text.
   * @returns Number of its bytes.
   */
  writeOne(text: string): number {
    const { length } = text;
    if (length > FEW) return this.write([text]);
    const { bytes } = this;
    for (let at = 0; at < length; at++) {
      const code = codeAt(text, at);
      if (code > MAX_ASCII) return this.write([text]);
      bytes[at] = code;
    }
    this.ends[0] = length;
    return length;
  }

  /** Drops memory that is too long to keep. */
  release(): void {
    if (lengthOf(this.bytes) > MAX_KEPT) this.bytes = new Uint8Array(LEAST);
  }
}

/** The tokens of a text, over one buffer: memory costs more than its tokens. */
export interface TokenArrays {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly typeIds: Uint8Array<ArrayBuffer>;
  readonly attentionMask: Uint8Array<ArrayBuffer>;
}

/**
 * Creates arrays of zeros for tokens.
 *
 * @param length Number of tokens.
 */
export function createTokens(length: number): TokenArrays {
  const memory = new ArrayBuffer(6 * length);
  return {
    ids: new Uint32Array(memory, 0, length),
    typeIds: new Uint8Array(memory, 4 * length, length),
    attentionMask: new Uint8Array(memory, 5 * length, length),
  };
}

const setIds = uncurry(
  Uint32Array.prototype.set as (
    this: Uint32Array,
    from: Uint32Array,
    offset: number,
  ) => void,
);

const fill = uncurry(
  Uint8Array.prototype.fill as (
    this: Uint8Array,
    value: number,
    begin: number,
    end: number,
  ) => void,
);

/** Copies a range of tokens; they count in the mask. */
export function placeTokens(
  target: TokenArrays,
  start: number,
  ids: Uint32Array<ArrayBuffer>,
  typeIds: Uint8Array<ArrayBuffer>,
  begin: number,
  end: number,
): void {
  const count = end - begin;
  if (count <= FEW) {
    for (let at = 0; at < count; at++) {
      target.ids[start + at] = ids[begin + at]!;
      target.typeIds[start + at] = typeIds[begin + at]!;
      target.attentionMask[start + at] = 1;
    }
    return;
  }
  setIds(target.ids, viewIds(ids, begin, end), start);
  const types = byteOffsetOf(typeIds) + begin;
  setBytes(
    target.typeIds,
    new Uint8Array(bufferOf(typeIds), types, count),
    start,
  );
  fill(target.attentionMask, 1, start, start + count);
}

/** Copies a range of numbers. */
export function copyIds(
  ids: Uint32Array<ArrayBuffer>,
  begin: number,
  end: number,
): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(end - begin);
  if (end - begin <= FEW) {
    for (let at = begin; at < end; at++) copy[at - begin] = ids[at]!;
    return copy;
  }
  setIds(copy, viewIds(ids, begin, end), 0);
  return copy;
}

function viewIds(
  ids: Uint32Array<ArrayBuffer>,
  begin: number,
  end: number,
): Uint32Array<ArrayBuffer> {
  const start = byteOffsetOf(ids) + 4 * begin;
  return new Uint32Array(bufferOf(ids), start, end - begin);
}

let text = new Uint8Array(LEAST);

/**
 * Decodes UTF-8 that a function writes, again into more memory if needed.
 *
 * @param write Writes the bytes if they fit, and returns their number.
 * @returns The bytes; valid until the next call.
 */
export function readUtf8(
  write: (buffer: Uint8Array<ArrayBuffer>, capacity: number) => number,
): Uint8Array<ArrayBuffer> {
  let length = write(text, lengthOf(text));
  while (length > lengthOf(text)) {
    text = new Uint8Array(length);
    length = write(text, length);
  }
  const result = new Uint8Array(bufferOf(text), 0, length);
  if (lengthOf(text) > MAX_KEPT) text = new Uint8Array(LEAST);
  return result;
}

/**
 * Decodes texts that a function writes one after the other.
 *
 * @param count Number of texts.
 * @param ends Where each ends, after `write`.
 * @param write Writes the bytes if they fit, and returns their number.
 */
export function decodeRange(
  count: number,
  ends: Uint32Array<ArrayBuffer>,
  write: (buffer: Uint8Array<ArrayBuffer>, capacity: number) => number,
): string[] {
  const buffer = bufferOf(readUtf8(write));
  let begin = 0;
  return arrayOf(count, (index) => {
    const start = begin;
    begin = ends[index]!;
    return decode(new Uint8Array(buffer, start, begin - start));
  });
}
