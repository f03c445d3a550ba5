import { IreeError } from "./error.ts";

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);

function getter<T>(prototype: object, name: string | symbol): () => T {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

const getType = getter<string | undefined>(typedArray, Symbol.toStringTag);

const getBuffer = getter<ArrayBuffer>(typedArray, "buffer");

const getOffset = getter<number>(typedArray, "byteOffset");

const getLength = getter<number>(typedArray, "byteLength");

// Throws for missing memory before it reads an element.
const { at } = typedArray;

/** Returns the memory of a typed array, regardless of its prototype. */
export function bufferOf(array: unknown): ArrayBuffer {
  return getBuffer.call(array);
}

const { transfer } = ArrayBuffer.prototype;

const getDetached = getter<boolean>(ArrayBuffer.prototype, "detached");

/** Moves memory out of its arrays, regardless of the buffer's properties. */
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

/** Bytes in JavaScript memory, shared or not. */
export type Bytes = Uint8Array<ArrayBufferLike> | ArrayBufferLike;

/** Whether a value is {@linkcode Bytes}, regardless of its prototype. */
export function isBytes(value: unknown): value is Bytes {
  return typedArrayName(value) === "Uint8Array" ||
    bufferLengthOf(value) !== undefined;
}

/**
 * Returns the bytes of a value as an array with the engine's length, which is
 * the number of bytes that native code accesses.
 *
 * @param value The expected bytes.
 * @param what Its name in error messages.
 * @returns A plain array over the same memory.
 */
export function bytesOf(value: unknown, what: string): Uint8Array<ArrayBuffer> {
  const refuse = (problem: string) =>
    refuseBytes(`${what}: the array`, problem);
  if (typedArrayName(value) === "Uint8Array") return contentsOf(value, refuse);
  const bytes = contentsOfBuffer(value, refuse);
  if (bytes !== undefined) return bytes;
  throw refuseBytes(what, "must be a Uint8Array or an ArrayBuffer");
}

/**
 * Returns the bytes of a typed array of any class, a DataView or a buffer.
 *
 * @param value The value that holds the bytes.
 * @param what Its name in error messages.
 * @returns A plain array over the same memory.
 */
export function bytesOfAny(
  value: unknown,
  what: string,
): Uint8Array<ArrayBuffer> {
  const refuse = (problem: string) =>
    refuseBytes(`${what}: the array`, problem);
  if (typedArrayName(value) !== undefined) return contentsOf(value, refuse);
  const bytes = contentsOfBuffer(value, refuse) ??
    contentsOfView(value, refuse);
  if (bytes !== undefined) return bytes;
  throw refuseBytes(
    what,
    "must be a typed array, a DataView or an ArrayBuffer",
  );
}

const bufferLengths = [ArrayBuffer, SharedArrayBuffer].map(({ prototype }) =>
  getter<number>(prototype, "byteLength")
);

function contentsOfBuffer(
  value: unknown,
  refuse: Refuse,
): Uint8Array<ArrayBuffer> | undefined {
  const byteLength = bufferLengthOf(value);
  if (byteLength === undefined) return undefined;
  const buffer = value as ArrayBuffer;
  const bytes = resultOf(() => new Uint8Array(buffer, 0, byteLength));
  if (bytes === undefined) throw refuse(DETACHED);
  return bytes;
}

function bufferLengthOf(value: unknown): number | undefined {
  for (const get of bufferLengths) {
    const byteLength = resultOf(() => get.call(value));
    if (byteLength !== undefined) return byteLength;
  }
  return undefined;
}

const getViewBuffer = getter<ArrayBuffer>(DataView.prototype, "buffer");
const getViewOffset = getter<number>(DataView.prototype, "byteOffset");
const getViewLength = getter<number>(DataView.prototype, "byteLength");

function contentsOfView(
  value: unknown,
  refuse: Refuse,
): Uint8Array<ArrayBuffer> | undefined {
  const buffer = resultOf(() => getViewBuffer.call(value));
  if (buffer === undefined) return undefined;
  const byteLength = resultOf(() => getViewLength.call(value));
  if (byteLength === undefined) throw gone(buffer, refuse);
  return new Uint8Array(buffer, getViewOffset.call(value), byteLength);
}

// The engine's own getters throw for values of other classes, regardless of
// their prototypes, and for detached memory.
function resultOf<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

function refuseBytes(what: string, problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `${what} ${problem}`);
}

/**
 * Returns the class name of a typed array, regardless of its prototype.
 *
 * @param value Any value.
 * @returns The name, such as `Float32Array`; `undefined` for anything else.
 */
export function typedArrayName(value: unknown): string | undefined {
  return getType.call(value);
}

/**
 * Returns the contents of a typed array as bytes with the engine's length.
 *
 * @param array An array with a {@linkcode typedArrayName}.
 * @param refuse Creates the error for an array without memory.
 */
export function contentsOf(
  array: unknown,
  refuse?: Refuse,
): Uint8Array<ArrayBuffer> {
  const byteLength = byteLengthOf(array, refuse);
  return new Uint8Array(bufferOf(array), getOffset.call(array), byteLength);
}

/**
 * Returns the length of a typed array in bytes, regardless of its prototype.
 * Throws INVALID_ARGUMENT for detached memory, which the engine reports as
 * empty.
 *
 * @param array An array with a {@linkcode typedArrayName}.
 * @param refuse Creates the error; its argument follows the name of the array.
 */
export function byteLengthOf(
  array: unknown,
  refuse: Refuse = refuseArray,
): number {
  const byteLength = getLength.call(array);
  if (byteLength === 0) demandMemory(array, refuse);
  return byteLength;
}

/** Creates the error for an array with a problem. */
export type Refuse = (problem: string) => IreeError;

function refuseArray(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `the array ${problem}`);
}

// A view that is out of bounds after a resize still has its memory.
function demandMemory(array: unknown, refuse: Refuse): void {
  try {
    at.call(array, 0);
  } catch {
    throw gone(bufferOf(array), refuse);
  }
}

function gone(buffer: ArrayBuffer, refuse: Refuse): IreeError {
  return refuse(isMoved(buffer) ? DETACHED : OUT_OF_BOUNDS);
}

const DETACHED =
  "is detached: its memory was transferred, imported, grown or unmapped";

const OUT_OF_BOUNDS =
  "is detached: its buffer was resized and no longer reaches as far";
