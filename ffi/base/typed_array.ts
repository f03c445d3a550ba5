import { IreeError } from "./error.ts";
import { uncurry } from "./intrinsics.ts";

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);

function getter<T>(
  prototype: object,
  name: string | symbol,
): (self: unknown) => T {
  return uncurry(Object.getOwnPropertyDescriptor(prototype, name)!.get!);
}

const getType = getter<string | undefined>(typedArray, Symbol.toStringTag);

const getBuffer = getter<ArrayBuffer>(typedArray, "buffer");

const getOffset = getter<number>(typedArray, "byteOffset");

const getByteLength = getter<number>(typedArray, "byteLength");

const getLength = getter<number>(typedArray, "length");

// Throws for missing memory before it reads an element.
const at = uncurry(typedArray.at as (this: unknown, index: number) => unknown);

/** Returns the position of a typed array in its memory. */
export function byteOffsetOf(array: unknown): number {
  return getOffset(array);
}

/** Returns the memory of a typed array, regardless of its prototype. */
export function bufferOf(array: unknown): ArrayBuffer {
  return getBuffer(array);
}

const transfer = uncurry(ArrayBuffer.prototype.transfer);

const getDetached = getter<boolean>(ArrayBuffer.prototype, "detached");

/** Moves memory out of its arrays, regardless of the buffer's properties. */
export function moveMemory(
  buffer: ArrayBuffer,
  byteLength?: number,
): ArrayBuffer {
  return transfer(buffer, byteLength);
}

/** Whether memory was moved out of its arrays. */
export function isMoved(buffer: ArrayBuffer): boolean {
  return getDetached(buffer);
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

const getBufferLength = getter<number>(ArrayBuffer.prototype, "byteLength");
const getSharedLength = getter<number>(
  SharedArrayBuffer.prototype,
  "byteLength",
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
  if (typeof value !== "object") return undefined;
  return resultOf(() => getBufferLength(value)) ??
    resultOf(() => getSharedLength(value));
}

const getViewBuffer = getter<ArrayBuffer>(DataView.prototype, "buffer");
const getViewOffset = getter<number>(DataView.prototype, "byteOffset");
const getViewLength = getter<number>(DataView.prototype, "byteLength");

function contentsOfView(
  value: unknown,
  refuse: Refuse,
): Uint8Array<ArrayBuffer> | undefined {
  const buffer = resultOf(() => getViewBuffer(value));
  if (buffer === undefined) return undefined;
  const byteLength = resultOf(() => getViewLength(value));
  if (byteLength === undefined) throw gone(buffer, refuse);
  return new Uint8Array(buffer, getViewOffset(value), byteLength);
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

/** Whether a value is an `ArrayBuffer`; false for a Proxy of one. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return resultOf(() => getDetached(value)) !== undefined;
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
  return getType(value);
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
  return new Uint8Array(bufferOf(array), getOffset(array), byteLength);
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
  const byteLength = getByteLength(array);
  if (byteLength === 0) demandMemory(array, refuse);
  return byteLength;
}

/**
 * Returns the number of elements of a typed array, regardless of its prototype.
 *
 * @param array An array with a {@linkcode typedArrayName}.
 */
export function lengthOf(array: unknown): number {
  return getLength(array);
}

/** Creates the error for an array with a problem. */
export type Refuse = (problem: string) => IreeError;

function refuseArray(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `the array ${problem}`);
}

// A view that is out of bounds after a resize still has its memory.
function demandMemory(array: unknown, refuse: Refuse): void {
  try {
    at(array, 0);
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
