import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import { allocateArray } from "../base/allocate.ts";
import { checkByteCount } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { memorySource } from "../files/byte_source.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { type NpyOptions, rawInfoOf } from "./options.ts";
import { readNdArray, readStoredArray } from "./stored_array.ts";
import { type NpyData, npyPartsOf } from "./write_npy.ts";

/**
 * Reads the arrays in the contents of a `.npy` file: one, or several after
 * each other. All versions of the format are read, either order of bytes and of
 * dimensions. What comes out is little-endian and in row-major order.
 *
 * NumPy's integers become `i8` to `i64` and `ui8` to `ui64`, whatever sign a
 * program declares, which takes both; `bool` becomes `i1`, `complex64` `cf64`
 * and `complex128` `cf128`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeNpy, encodeNpy } from "@iree/runtime/npy";
 *
 * const bytes = encodeNpy(
 *   new Float32Array([1, 2, 3]),
 *   { elementType: "i1", shape: [], data: new Uint8Array([1]) },
 * );
 * const [weights, flag] = decodeNpy(bytes);
 * assertEquals(weights.elementType, "f32");
 * assertEquals(weights.shape, [3]);
 * assertEquals(weights.data, new Float32Array([1, 2, 3]));
 * assertEquals(flag.data, new Uint8Array([1]));
 * ```
 *
 * @param bytes The contents of the file.
 * @param options What the file does not tell.
 * @returns The arrays in order, at least one. Throws INVALID_ARGUMENT when one
 * is cut or corrupt or followed by other bytes, and UNIMPLEMENTED for elements
 * that no tensor has: objects, text, dates, structures.
 */
export function decodeNpy(
  bytes: Bytes,
  options: NpyOptions = {},
): NdArray[] {
  return decode(bytesOf(bytes, "npy data"), options);
}

/** One of the arrays in the contents of a `.npy` file. */
export interface NpyArray {
  /** The array. */
  readonly array: NdArray;
  /** Where it ends in the file, in bytes: where the next one begins, if any. */
  readonly end: number;
}

/**
 * Reads one of the arrays in the contents of a `.npy` file, as
 * {@linkcode decodeNpy} reads all of them; what follows it is not looked at.
 *
 * @param bytes The contents of the file.
 * @param start Where the array begins.
 * @param options What the file does not tell.
 * @returns The array and where it ends; throws what `decodeNpy` throws.
 */
export function decodeNpyArray(
  bytes: Bytes,
  start = 0,
  options: NpyOptions = {},
): NpyArray {
  const plain = bytesOf(bytes, "npy data");
  checkByteCount("start", start);
  const source = memorySource(plain.subarray(start));
  const elements = readStoredArray(
    source,
    0,
    rawInfoOf(options),
    (problem) =>
      new IreeError(
        "INVALID_ARGUMENT",
        `npy data: the array from byte ${start} ${problem}`,
      ),
  );
  const end = start + elements.start + elements.byteLength;
  return { array: readNdArray(source, elements), end };
}

/**
 * Makes the contents of a `.npy` file, byte for byte as `numpy.save` writes
 * them. Several arrays come after each other, as `numpy.save` into one open
 * file puts them.
 *
 * NumPy has no `bf16` and no floating point types of 8 bits: they are written
 * as raw bytes, as those of `ml_dtypes` are. In NumPy, `array.view(dtype)` makes
 * them numbers again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeNpyArray, encodeNpy } from "@iree/runtime/npy";
 *
 * const bytes = encodeNpy(new Int32Array([1, 2]), new Float32Array([3]));
 * const first = decodeNpyArray(bytes);
 * const second = decodeNpyArray(bytes, first.end);
 * assertEquals(first.array.data, new Int32Array([1, 2]));
 * assertEquals(second.array.elementType, "f32");
 * ```
 *
 * @param arrays The arrays, at least one: with shape and type, or an array of
 * one dimension whose class tells its type, or tensors of a device.
 * @returns The bytes; throws UNIMPLEMENTED for elements of 4 bits.
 */
export function encodeNpy(
  ...arrays: NpyData[]
): Uint8Array<ArrayBuffer> {
  const parts = npyPartsOf(arrays);
  const bytes = allocateArray(
    Uint8Array,
    parts.reduce(
      (sum, { header, byteLength }) => sum + header.length + byteLength,
      0,
    ),
  );
  let offset = 0;
  for (const { header, byteLength, readInto } of parts) {
    bytes.set(header, offset);
    offset += header.length;
    readInto(bytes.subarray(offset, offset + byteLength), 0);
    offset += byteLength;
  }
  return bytes;
}

function decode(
  bytes: Uint8Array<ArrayBuffer>,
  options: NpyOptions,
): NdArray[] {
  const raw = rawInfoOf(options);
  const source = memorySource(bytes);
  const arrays: NdArray[] = [];
  let start = 0;
  do {
    const place = `npy data: array ${arrays.length}, from byte ${start}, `;
    const elements = readStoredArray(
      source,
      start,
      raw,
      (problem) => new IreeError("INVALID_ARGUMENT", place + problem),
    );
    arrays.push(readNdArray(source, elements));
    start = elements.start + elements.byteLength;
  } while (start < bytes.length);
  return arrays;
}
