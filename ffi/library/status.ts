/**
 * From native status to {@linkcode IreeError}, in one place.
 *
 * @module
 */

import { errorFromStatus } from "../base/error.ts";
import { readText } from "../base/text.ts";
import { native } from "./library.ts";

/**
 * Throws the failure that `code` stands for.
 *
 * @param code What a function that acts returned.
 */
export function check(code: number): void {
  if (code !== 0) throw takeFailure();
}

/**
 * Gives back the object that a function created, or throws why there is none.
 *
 * @param pointer What a function that creates returned.
 * @returns The pointer, not null.
 */
export function created(pointer: Deno.PointerValue): Deno.PointerObject {
  if (pointer === null) throw takeFailure();
  return pointer;
}

/** What functions that return a length return when they failed. */
const FAILED = 0xffffffff;

/**
 * Gives back the length that a function wrote, or throws why it failed.
 *
 * @param length What the function returned.
 * @returns The length.
 */
export function checkLength(length: number): number {
  if (length === FAILED) throw takeFailure();
  return length;
}

function takeFailure(): Error {
  const code = native.iree_ffi_failure_code();
  const text = readText((buffer, capacity) =>
    native.iree_ffi_failure_take(buffer, capacity)
  );
  return errorFromStatus(code, text);
}
