/**
 * Conversion of native status codes to {@linkcode IreeError}.
 *
 * @module
 */

import { RecordReader } from "../base/record.ts";
import { type Answer, readBytes, readText } from "../base/text.ts";
import { errorOfStatus } from "../host/errors.ts";
import { native } from "./library.ts";

/**
 * Throws the failure if `code` is not OK.
 *
 * @param code Status code returned by a native function.
 */
export function check(code: number): void {
  if (code !== 0) throw takeFailure();
}

/**
 * Returns the object that a function created, or throws the failure.
 *
 * @param pointer Pointer returned by a native function.
 * @returns The pointer, not null.
 */
export function created(pointer: Deno.PointerValue): Deno.PointerObject {
  if (pointer === null) throw takeFailure();
  return pointer;
}

/**
 * Returns the ticket that a function issued for work on another thread, or
 * throws the failure.
 *
 * @param ticket Ticket returned by a native function.
 * @returns The same, not 0.
 */
export function issued(ticket: number): number {
  if (ticket === 0) throw takeFailure();
  return ticket;
}

/** Returned on failure by functions that return a length. */
const FAILED = 0xffffffff;

/**
 * Throws the failure of a function that returns a length.
 *
 * @param length Length returned by a native function.
 * @returns The same.
 */
export function checkLength(length: number): number {
  if (length === FAILED) throw takeFailure();
  return length;
}

/**
 * Reads the record that a function writes, or throws the failure.
 *
 * @param answer The native function with its other arguments bound.
 * @returns The record; valid until the next call.
 */
export function readRecord(answer: Answer): RecordReader {
  return new RecordReader(readBytes(checked(answer)));
}

/**
 * Reads the text that a function writes, or throws the failure.
 *
 * @param answer The native function with its other arguments bound.
 * @returns The text.
 */
export function readString(answer: Answer): string {
  return readText(checked(answer));
}

function checked(answer: Answer): Answer {
  return (buffer, capacity) => checkLength(answer(buffer, capacity));
}

/** Takes the failure of the last native function that failed. */
export function takeFailure(): Error {
  const code = native.iree_ffi_failure_code();
  const text = readText((buffer, capacity) =>
    native.iree_ffi_failure_take(buffer, capacity)
  );
  return errorOfStatus(code, text);
}
