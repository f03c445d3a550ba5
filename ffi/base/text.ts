/**
 * Text and records across the boundary.
 *
 * @module
 */

import { IreeError } from "./error.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

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

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
function intrinsic<T>(name: string | symbol): () => T {
  return Object.getOwnPropertyDescriptor(typedArray, name)!.get!;
}
const getType = intrinsic<string | undefined>(Symbol.toStringTag);
const getBuffer = intrinsic<ArrayBuffer>("buffer");
const getOffset = intrinsic<number>("byteOffset");
const getLength = intrinsic<number>("byteLength");

/** Memory of a typed array, whatever its prototype says. */
export function bufferOf(array: unknown): ArrayBuffer {
  return getBuffer.call(array);
}

const { transfer } = ArrayBuffer.prototype;
const getDetached = Object.getOwnPropertyDescriptor(
  ArrayBuffer.prototype,
  "detached",
)!.get!;

/** Moves memory out of its arrays, whatever the buffer's properties say. */
export function moveMemory(
  buffer: ArrayBuffer,
  byteLength?: number,
): ArrayBuffer {
  return transfer.call(buffer, byteLength);
}

/** Whether memory was moved out of its arrays. */
export function isMoved(buffer: ArrayBuffer): boolean {
  return getDetached.call(buffer);
}

/**
 * Makes sure that something is an array of bytes whose length is the one it
 * tells: native code reads and writes that many.
 *
 * @param value What should be bytes.
 * @param what What it is, for the message of an error.
 * @returns A plain array of the same bytes.
 */
export function bytesOf(value: unknown, what: string): Uint8Array<ArrayBuffer> {
  if (typedArrayName(value) !== "Uint8Array") {
    throw new IreeError("INVALID_ARGUMENT", `${what} must be a Uint8Array`);
  }
  return contentsOf(value);
}

/**
 * Name of the class of a typed array, whatever its prototype says.
 *
 * @param value Any value.
 * @returns The name, such as `Float32Array`; `undefined` for anything else.
 */
export function typedArrayName(value: unknown): string | undefined {
  return getType.call(value);
}

/**
 * The contents of a typed array as an array of bytes, whose length is the one
 * it tells.
 *
 * @param array An array that {@linkcode typedArrayName} knows.
 */
export function contentsOf(array: unknown): Uint8Array<ArrayBuffer> {
  const byteLength = byteLengthOf(array);
  // Memory that went elsewhere takes no array over it, not even an empty one.
  if (byteLength === 0) return new Uint8Array();
  return new Uint8Array(bufferOf(array), getOffset.call(array), byteLength);
}

/**
 * Length of a typed array in bytes, whatever its prototype says.
 *
 * @param array An array that {@linkcode typedArrayName} knows.
 */
export function byteLengthOf(array: unknown): number {
  return getLength.call(array);
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

/** Reads a packed record, as `iree_ffi.h` defines it. */
export class RecordReader {
  readonly #view: DataView<ArrayBuffer>;
  #offset = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u32(): number {
    const value = this.#view.getUint32(this.#offset, true);
    this.#offset += 4;
    return value;
  }

  /** A u64 as a number; refused where a number cannot hold it. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#offset, true);
    this.#offset += 8;
    return toSafeNumber(value);
  }

  /** A u64 as a number; `undefined` where it is beyond what memory can be. */
  u64OrUnlimited(): number | undefined {
    const value = this.#view.getBigUint64(this.#offset, true);
    this.#offset += 8;
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
  }

  string(): string {
    const length = this.u32();
    const { buffer, byteOffset } = this.#view;
    const start = byteOffset + this.#offset;
    this.#offset += length;
    return decoder.decode(new Uint8Array(buffer, start, length));
  }

  /** A count and that many of what `read` reads. */
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }
}

/**
 * Packs a count and strings, as `iree_ffi.h` defines it.
 *
 * @param count The count to begin with.
 * @param strings The encoded strings.
 * @returns The record.
 */
export function packStrings(
  count: number,
  strings: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = strings.reduce((sum, bytes) => sum + 4 + bytes.length, 4);
  const record = new Uint8Array(length);
  const view = new DataView(record.buffer);
  view.setUint32(0, count, true);
  let offset = 4;
  for (const bytes of strings) {
    view.setUint32(offset, bytes.length, true);
    record.set(bytes, offset + 4);
    offset += 4 + bytes.length;
  }
  return record;
}

/**
 * Narrows a native 64-bit size to a number.
 *
 * @param value The size.
 * @returns The same as a number.
 */
export function toSafeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new IreeError("OUT_OF_RANGE", `size ${value} is beyond 2^53`);
  }
  return Number(value);
}
