import { IreeError } from "./error.ts";

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);

function getter<T>(prototype: object, name: string | symbol): () => T {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

const getType = getter<string | undefined>(typedArray, Symbol.toStringTag);

const getBuffer = getter<ArrayBuffer>(typedArray, "buffer");

const getOffset = getter<number>(typedArray, "byteOffset");

const getLength = getter<number>(typedArray, "byteLength");

// Checks that the memory is there before it looks at an element.
const { at } = typedArray;

/** Memory of a typed array, whatever its prototype says. */
export function bufferOf(array: unknown): ArrayBuffer {
  return getBuffer.call(array);
}

const { transfer } = ArrayBuffer.prototype;

const getDetached = getter<boolean>(ArrayBuffer.prototype, "detached");

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

/** Bytes in memory of JavaScript, shared or not. */
export type Bytes = Uint8Array<ArrayBufferLike> | ArrayBufferLike;

/** Whether something is {@linkcode Bytes}, whatever its prototype says. */
export function isBytes(value: unknown): value is Bytes {
  return typedArrayName(value) === "Uint8Array" ||
    bufferLengthOf(value) !== undefined;
}

/**
 * The bytes that something is, as an array whose length is the one that the
 * engine knows: native code reads and writes that many.
 *
 * @param value What should be bytes.
 * @param what Its name, for the message of an error.
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
 * The bytes of a typed array of any class, of a DataView or of a buffer.
 *
 * @param value What should have bytes.
 * @param what Its name, for the message of an error.
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

// The engine's own getters throw for values of other classes, whatever their
// prototypes, and for memory that is gone.
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
 * that the engine knows.
 *
 * @param array An array that {@linkcode typedArrayName} knows.
 * @param refuse Makes the error for an array without memory.
 */
export function contentsOf(
  array: unknown,
  refuse?: Refuse,
): Uint8Array<ArrayBuffer> {
  const byteLength = byteLengthOf(array, refuse);
  return new Uint8Array(bufferOf(array), getOffset.call(array), byteLength);
}

/**
 * Length of a typed array in bytes, whatever its prototype says. Throws
 * INVALID_ARGUMENT for an array whose memory is gone: the engine says that such
 * an array is empty.
 *
 * @param array An array that {@linkcode typedArrayName} knows.
 * @param refuse Makes the error; its argument follows the name of the array.
 */
export function byteLengthOf(
  array: unknown,
  refuse: Refuse = refuseArray,
): number {
  const byteLength = getLength.call(array);
  if (byteLength === 0) demandMemory(array, refuse);
  return byteLength;
}

/** Makes the error for an array with a problem. */
export type Refuse = (problem: string) => IreeError;

function refuseArray(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `the array ${problem}`);
}

// A view that a resize has put out of bounds is over memory that is still there.
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
