/**
 * Passing text and records to and from native code.
 *
 * @module
 */

import { IreeError } from "./error.ts";
import { uncurry } from "./intrinsics.ts";
import { bufferOf, lengthOf } from "./typed_array.ts";

const encoder = new TextEncoder();
const encode = uncurry(TextEncoder.prototype.encode);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decodeWith = uncurry(TextDecoder.prototype.decode);
const isWellFormed = uncurry(String.prototype.isWellFormed);
const includes = uncurry(String.prototype.includes);

/** Buffer for answers; grows to the longest one so far. */
let scratch = new Uint8Array(4096);

/**
 * Encodes text for native code.
 *
 * @param text The text.
 * @param what Its name in error messages.
 * @returns Its UTF-8 bytes.
 */
export function encodeText(
  text: string,
  what: string,
): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} must be a string, got ${text === null ? "null" : typeof text}`,
    );
  }
  if (!isWellFormed(text)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} has a lone surrogate, which UTF-8 cannot encode`,
    );
  }
  return encode(encoder, text);
}

/**
 * Encodes NUL-terminated text for C, such as a path.
 *
 * @param text The text.
 * @param what Its name in error messages.
 * @returns Its UTF-8 bytes, without a NUL.
 */
export function encodeName(
  text: string,
  what: string,
): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(text, what);
  if (includes(text, "\0")) {
    throw new IreeError("INVALID_ARGUMENT", `${what} has a NUL character`);
  }
  return bytes;
}

/** Writes an answer if it fits, and returns its full length. */
export type Answer = (
  buffer: Uint8Array<ArrayBuffer>,
  capacity: number,
) => number;

/**
 * Reads an answer, with a larger buffer if needed.
 *
 * @param answer The native function with its other arguments bound.
 * @returns The bytes of the answer; valid until the next call.
 */
export function readBytes(answer: Answer): Uint8Array<ArrayBuffer> {
  let length = answer(scratch, lengthOf(scratch));
  while (length > lengthOf(scratch)) {
    scratch = new Uint8Array(length);
    length = answer(scratch, lengthOf(scratch));
  }
  return new Uint8Array(bufferOf(scratch), 0, length);
}

/**
 * Reads text.
 *
 * @param answer The native function with its other arguments bound.
 * @returns The text.
 */
export function readText(answer: Answer): string {
  return decode(readBytes(answer));
}

/** Decodes UTF-8, keeping a leading byte order mark. */
export function decode(bytes: Uint8Array<ArrayBuffer>): string {
  return decodeWith(decoder, bytes);
}
