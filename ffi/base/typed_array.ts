import { IreeError } from "./error.ts";

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
