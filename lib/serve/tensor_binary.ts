import type { ElementTypeInfo } from "../tensor/element_type.ts";
import { sizeOfShape } from "../tensor/shape.ts";
import { dataTypeOf, type ModelValue } from "./data_type.ts";
import { checkByteElements } from "./json_size.ts";
import { badRequest } from "./http_errors.ts";

/** Length of the number before each element of BYTES. */
const PREFIX = 4;

/**
 * Checks a tensor's elements in binary data.
 *
 * @param what The tensor's name, for messages.
 * @param info The element type.
 * @param shape The shape.
 * @param bytes The data.
 */
export function checkBinary(
  what: string,
  info: ElementTypeInfo,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): void {
  const wanted = sizeOfShape(shape) * info.bitCount / 8;
  if (bytes.length !== wanted) {
    throw badRequest(
      `${what}: binary data must have ${wanted} bytes, those of shape ` +
        `[${shape}] of ${dataTypeOf(info.name)}, got ${bytes.length}`,
    );
  }
  if (info.name === "i1") {
    const wrong = bytes.findIndex((value) => value > 1);
    if (wrong >= 0) {
      throw badRequest(
        `${what}: element ${wrong} must be 0 or 1 for BOOL, got ` +
          `${bytes[wrong]}`,
      );
    }
  }
}

/**
 * Decodes elements of BYTES: each has its length before it.
 *
 * @param what The tensor's name, for messages.
 * @param shape The shape.
 * @param bytes The data; not copied.
 */
export function bytesFromBinary(
  what: string,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array[] {
  const wanted = sizeOfShape(shape);
  checkByteElements(what, wanted);
  const elements: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length && elements.length < wanted) {
    const start = at + PREFIX;
    const length = start <= bytes.length ? view.getUint32(at, true) : NaN;
    if (!(start + length <= bytes.length)) {
      throw badRequest(
        `${what}: element ${elements.length} of BYTES must end within the ` +
          `${bytes.length} bytes of the binary data`,
      );
    }
    elements.push(bytes.subarray(start, start + length));
    at = start + length;
  }
  if (elements.length === wanted && at === bytes.length) return elements;
  throw badRequest(
    `${what}: binary data must have ${wanted} elements of BYTES, those of ` +
      `shape [${shape}], got ` +
      (elements.length < wanted
        ? `${elements.length}`
        : `${bytes.length - at} bytes more`),
  );
}

/**
 * Encodes a tensor's elements as binary data.
 *
 * @param value The tensor.
 * @returns The parts; those of numbers are not copied.
 */
export function toBinary(value: ModelValue): Uint8Array[] {
  if (value.elementType !== "bytes") {
    const { buffer, byteOffset, byteLength } = value.data;
    return [new Uint8Array(buffer, byteOffset, byteLength)];
  }
  return value.data.flatMap((bytes) => {
    const prefix = new Uint8Array(PREFIX);
    new DataView(prefix.buffer).setUint32(0, bytes.length, true);
    return [prefix, bytes];
  });
}
