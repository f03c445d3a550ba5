import type { ByteSource } from "../files/byte_source.ts";
import type { ElementTypeInfo } from "../tensor/element_type.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { sizeOfShape } from "../tensor/shape.ts";
import { readElements, type StoredElements } from "./elements.ts";
import { parseDescr } from "./element_type.ts";
import { headerLength, parseNpyHeader, type Refuse } from "./header.ts";

/**
 * Reads what an array in a `.npy` file is, but not its elements.
 *
 * @param source The file.
 * @param offset Where the array begins.
 * @param raw What the caller knows of types that NumPy writes as raw bytes.
 * @param refuse Makes the error.
 * @returns Its elements, all of which are in the file.
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
  // The product of the others can be infinite.
  const byteLength = shape.includes(0)
    ? 0
    : sizeOfShape(shape) * info.bitCount / 8;
  const available = rest - header.byteLength;
  // Before memory is asked for: a header can say anything.
  if (byteLength > available) {
    throw refuse(
      `is cut off: ${available} bytes follow its header, not ${byteLength}`,
    );
  }
  const start = offset + header.byteLength;
  return { info, bigEndian, fortranOrder, shape, start, byteLength, refuse };
}

/** As much as most headers have. */
const HEAD_LENGTH = 128;

/**
 * Reads the array that elements are of.
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
  return { elementType: info.name, shape, data: new info.array(buffer) };
}
