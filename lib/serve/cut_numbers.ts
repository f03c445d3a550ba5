/**
 * Numbers of a request's JSON are most of its text. Those of `data` are cut out of
 * it, so that they are read from the text without an array of JavaScript's numbers.
 *
 * @module
 */

import { findArrayEnd } from "../../ffi/json_floats.ts";

/** JSON without the contents of arrays of numbers. */
export interface CutJson {
  /** The text, in which each array that was cut has its index as its element. */
  readonly text: string;
  /** What stood between the brackets. */
  readonly contents: readonly Uint8Array<ArrayBuffer>[];
}

/** Shorter bodies are parsed sooner than cut. */
const SHORT = 1024;

/** The most bytes between two arrays of numbers. */
const WINDOW = 1024;

/** The most arrays, so that what is left is short. */
const MOST_ARRAYS = 64;

/** The beginning of an array whose first element is a number. */
const NUMBERS = /"data"\s*:\s*\[(?=\s*[-\d])/;

/** Decodes faster than a decoder that throws. */
const REPLACING = new TextDecoder();

/**
 * Cuts arrays of numbers named `data` out of JSON.
 *
 * A text without backslashes has a quotation mark only where a string begins or
 * ends. So what is cut follows a key, or the JSON is invalid, before and after
 * cutting. It ends at the first closing bracket: its reader sees whether
 * that was inside of a string or of an array.
 *
 * @param bytes The JSON in UTF-8.
 * @returns `undefined` where cutting is not simple, or does not pay.
 */
export function cutNumbers(
  bytes: Uint8Array<ArrayBuffer>,
): CutJson | undefined {
  if (bytes.length < SHORT) return undefined;
  let text = "";
  const contents: Uint8Array<ArrayBuffer>[] = [];
  let start = 0;
  while (start < bytes.length) {
    const window = REPLACING.decode(bytes.subarray(start, start + WINDOW));
    const found = NUMBERS.exec(window);
    const end = found === null ? window.length : found.index + found[0].length;
    const piece = window.slice(0, end);
    if (!isPlain(piece)) return undefined;
    text += piece;
    start += end;
    if (found === null) break;
    const close = findArrayEnd(bytes, start);
    if (close < 0 || contents.length === MOST_ARRAYS) return undefined;
    text += contents.length;
    contents.push(bytes.subarray(start, close));
    start = close;
  }
  return start === bytes.length && contents.length > 0
    ? { text, contents }
    : undefined;
}

/** Whether a text is ASCII, so that its length is that of its bytes. */
function isPlain(text: string): boolean {
  return /^[^\\\u0080-\uffff]*$/.test(text);
}
