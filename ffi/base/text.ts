/**
 * Text and records across the boundary.
 *
 * @module
 */

import { IreeError } from "./error.ts";

const encoder = new TextEncoder();
export const decoder: TextDecoder = new TextDecoder("utf-8", {
  ignoreBOM: true,
});

/** Room that answers are written to; grows to the longest one so far. */
let scratch = new Uint8Array(4096);

/**
 * Encodes text for native code.
 *
 * @param text The text.
 * @param what What it is, for the message of an error.
 * @returns Its UTF-8 bytes.
 */
export function encodeText(
  text: string,
  what: string,
): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} must be a string, not ${typeof text}`,
    );
  }
  if (!text.isWellFormed()) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} has half of a surrogate pair, which UTF-8 cannot say`,
    );
  }
  return encoder.encode(text);
}

/**
 * Encodes text that C reads up to a NUL, such as a path.
 *
 * @param text The text.
 * @param what What it is, for the message of an error.
 * @returns Its UTF-8 bytes, without a NUL.
 */
export function encodeName(
  text: string,
  what: string,
): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(text, what);
  if (text.includes("\0")) {
    throw new IreeError("INVALID_ARGUMENT", `${what} has a NUL character`);
  }
  return bytes;
}

/** Writes an answer when it fits and returns its whole length. */
export type Answer = (
  buffer: Uint8Array<ArrayBuffer>,
  capacity: number,
) => number;

/**
 * Asks with more room until the answer fits.
 *
 * @param answer The native function, its other arguments bound.
 * @returns The bytes of the answer; good until the next call.
 */
export function readBytes(answer: Answer): Uint8Array<ArrayBuffer> {
  let length = answer(scratch, scratch.length);
  while (length > scratch.length) {
    scratch = new Uint8Array(length);
    length = answer(scratch, scratch.length);
  }
  return scratch.subarray(0, length);
}

/**
 * Asks for text.
 *
 * @param answer The native function, its other arguments bound.
 * @returns The text.
 */
export function readText(answer: Answer): string {
  return decoder.decode(readBytes(answer));
}
