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

/** How long memory that is kept for the next call may be. */
const MAX_KEPT = 1 << 20;

const LEAST = 4096;

/** UTF-8 has at most as many bytes for each unit of UTF-16. */
const MAX_BYTES = 3;

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

  /** Drops memory that is too long to keep. */
  release(): void {
    if (lengthOf(this.bytes) > MAX_KEPT) this.bytes = new Uint8Array(LEAST);
  }
}

/** Up to this many elements, assigning each is faster than a view of them. */
const FEW = 64;

/** Copies a range of bytes. */
export function copyBytes(
  bytes: Uint8Array<ArrayBuffer>,
  begin: number,
  end: number,
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - begin);
  if (end - begin <= FEW) {
    for (let at = begin; at < end; at++) copy[at - begin] = bytes[at]!;
    return copy;
  }
  const start = byteOffsetOf(bytes) + begin;
  setBytes(copy, new Uint8Array(bufferOf(bytes), start, end - begin), 0);
  return copy;
}

const setIds = uncurry(
  Uint32Array.prototype.set as (this: Uint32Array, from: Uint32Array) => void,
);

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
  const start = byteOffsetOf(ids) + 4 * begin;
  setIds(copy, new Uint32Array(bufferOf(ids), start, end - begin));
  return copy;
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
