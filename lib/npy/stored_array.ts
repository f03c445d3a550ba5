import { ndArray } from "../tensor/nd_array.ts";
import type { ByteSource } from "../files/byte_source.ts";
import type { ElementTypeInfo } from "../tensor/element_type.ts";
import { sizeOfShape } from "../tensor/shape.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { parseDescr } from "./element_type.ts";
import { readElements, type StoredElements } from "./elements.ts";
import { headerLength, parseNpyHeader, type Refuse } from "./header.ts";

/**
 * Reads the header of an array in a `.npy` file, but not its elements.
 *
 * @param source The file.
 * @param offset Offset of the array.
 * @param raw The caller's type for raw bytes.
 * @param refuse Creates the error.
 * @returns Its elements, which are checked to be inside the file.
 */
export function readStoredArray(
  source: ByteSource,
  offset: number,
  raw: ElementTypeInfo | undefined,
  refuse: Refuse,
): StoredElements {
  const rest = source.byteLength - offset;
  const head = source.read(offset, Math.min(rest, HEAD_LENGTH));
  const wanted = Math.min(rest, headerLength(head));
  const bytes = wanted > head.length ? source.read(offset, wanted) : head;
  const header = parseNpyHeader(bytes, refuse);
  const { shape, fortranOrder } = header;
  const { info, bigEndian } = parseDescr(header.descr, raw, refuse);
  // The product of the other dimensions can be infinite.
  const byteLength = shape.includes(0)
    ? 0
    : sizeOfShape(shape) * info.bitCount / 8;
  const available = rest - header.byteLength;
  // Checked before allocating, since headers are not trusted.
  if (byteLength > available) {
    throw refuse(
      `is truncated: its header must be followed by ${byteLength} bytes, got ${available}`,
    );
  }
  const start = offset + header.byteLength;
  return { info, bigEndian, fortranOrder, shape, start, byteLength, refuse };
}

/** Enough for most headers. */
const HEAD_LENGTH = 128;

/**
 * Reads an array's elements.
 *
 * @param source The file.
 * @param elements The elements.
 */
export function readNdArray(
  source: ByteSource,
  elements: StoredElements,
): NdArray {
  const { info, shape } = elements;
  const { buffer } = readElements(source, elements);
  return ndArray(info.name, shape, new info.array(buffer));
}
