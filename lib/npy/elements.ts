import { allocateArray } from "../base/allocate.ts";
import type { ByteSource } from "../files/byte_source.ts";
import type { ElementTypeInfo } from "../tensor/element_type.ts";
import { checkBooleans } from "../tensor/encode_tensor.ts";
import type { Refuse } from "./header.ts";
import { RowMajorWriter } from "./row_major.ts";

/** The elements of an array in a `.npy` file, and their position. */
export interface StoredElements {
  /** The element type. */
  readonly info: ElementTypeInfo;
  /** Whether each number's bytes are reversed. */
  readonly bigEndian: boolean;
  /** Whether the first dimension varies fastest, instead of the last. */
  readonly fortranOrder: boolean;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** Offset of the elements in the file, in bytes. */
  readonly start: number;
  /** Length of the elements in bytes. */
  readonly byteLength: number;
  /** Creates the error for a faulty array. */
  readonly refuse: Refuse;
}

/** How much of a file is read at a time; a multiple of every element's size. */
const PIECE_LENGTH = 2 ** 20;

/**
 * Reads elements in pieces, little-endian, in file order.
 *
 * @param source The file.
 * @param elements The elements.
 * @param use Receives a piece, which is reused afterwards, and its offset among
 * the elements in bytes.
 */
export function readPieces(
  source: ByteSource,
  elements: StoredElements,
  use: (piece: Uint8Array<ArrayBuffer>, at: number) => void,
): void {
  const { start, byteLength } = elements;
  const buffer = new Uint8Array(Math.min(PIECE_LENGTH, byteLength));
  for (let at = 0; at < byteLength; at += PIECE_LENGTH) {
    const piece = buffer.subarray(0, Math.min(PIECE_LENGTH, byteLength - at));
    source.readInto(start + at, piece);
    normalize(piece, elements);
    use(piece, at);
  }
}

/**
 * Reads elements into new memory, little-endian and in row-major order.
 *
 * @param source The file.
 * @param elements The elements.
 */
export function readElements(
  source: ByteSource,
  elements: StoredElements,
): Uint8Array<ArrayBuffer> {
  const { shape, start, byteLength, info } = elements;
  const bytes = allocateArray(Uint8Array, byteLength);
  if (elements.fortranOrder) {
    const writer = new RowMajorWriter(bytes, shape, info.bitCount / 8);
    readPieces(source, elements, (piece) => writer.write(piece));
  } else {
    source.readInto(start, bytes);
    normalize(bytes, elements);
  }
  return bytes;
}

function normalize(
  bytes: Uint8Array<ArrayBuffer>,
  { info, bigEndian, refuse }: StoredElements,
): void {
  if (bigEndian) swapBytes(bytes, info.bitCount / 8 / info.components);
  if (info.name === "i1") checkBooleans(bytes, refuse);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    bytes.subarray(start, start + size).reverse();
  }
}
