/**
 * Numbers of JSON, read without an array of JavaScript's.
 *
 * @module
 */

import { bytesOf, lengthOf } from "./base/typed_array.ts";
import { native, openLibrary } from "./library/library.ts";

/** Longer texts do not fit the parameter. */
const MAX_LENGTH = 0xffff_ffff;

/**
 * Finds the first closing bracket of a JSON text, faster than `indexOf`.
 *
 * @param json The text in UTF-8.
 * @param start Where to begin.
 * @returns Its index; -1 if there is none, or if the text is too long.
 */
export function findArrayEnd(
  json: Uint8Array<ArrayBufferLike>,
  start: number,
): number {
  const bytes = bytesOf(json, "JSON").subarray(start);
  const length = lengthOf(bytes);
  if (length > MAX_LENGTH) return -1;
  openLibrary();
  const end = native.iree_ffi_json_array_end(bytes, length);
  return end === length ? -1 : start + end;
}

/**
 * Reads the numbers of a JSON array.
 *
 * @param json The array's text in UTF-8, without its brackets.
 * @param count How many numbers it must have.
 * @returns The numbers, each rounded as `Math.fround(JSON.parse(text))` does.
 * `undefined` for any other text, for numbers that f32 cannot represent, and
 * where the rounding is not sure.
 */
export function readJsonFloats(
  json: Uint8Array<ArrayBufferLike>,
  count: number,
): Float32Array<ArrayBuffer> | undefined {
  const bytes = bytesOf(json, "JSON");
  const length = lengthOf(bytes);
  // Each takes two characters, but for the last.
  if (length > MAX_LENGTH || count > (length + 1) / 2) return undefined;
  openLibrary();
  const values = new Float32Array(count);
  return native.iree_ffi_json_floats(bytes, length, values, count) === 1
    ? values
    : undefined;
}
