import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import { allocateArray } from "../base/allocate.ts";
import { toByteCount } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { memorySource } from "../files/byte_source.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { type NpyOptions, rawInfoOf } from "./options.ts";
import { readNdArray, readStoredArray } from "./stored_array.ts";
import { type NpyData, npyPartsOf } from "./write_npy.ts";

/**
 * Reads the arrays in a `.npy` file's contents: one, or several in a row. Supports
 * all versions of the format, both byte orders and both dimension orders. The
 * result is little-endian and in row-major order.
 *
 * NumPy's integers become `i8` to `i64` and `ui8` to `ui64`; programs accept
 * either for signless types. `bool` becomes `i1`, `complex64` `cf64` and
 * `complex128` `cf128`.
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
 * @param options Information that the file lacks.
 * @returns The arrays in order, at least one. Throws INVALID_ARGUMENT if one is
 * truncated, corrupt or followed by other bytes, and UNIMPLEMENTED for elements
 * that tensors do not support: objects, text, dates, structures.
 */
export function decodeNpy(
  bytes: Bytes,
  options?: NpyOptions,
): NdArray[] {
  return decode(bytesOf(bytes, "npy data"), options);
}

/** An array in the contents of a `.npy` file. */
export interface NpyArray {
  /** The array. */
  readonly array: NdArray;
  /** Offset of its end in bytes, where the next array begins, if any. */
  readonly end: number;
}

/**
 * Reads one array in the contents of a `.npy` file, like {@linkcode decodeNpy},
 * and ignores the bytes after it.
 *
 * @param bytes The contents of the file.
 * @param start Offset of the array.
 * @param options Information that the file lacks.
 * @returns The array and its end; throws what `decodeNpy` throws.
 */
export function decodeNpyArray(
  bytes: Bytes,
  start = 0,
  options?: NpyOptions,
): NpyArray {
  const plain = bytesOf(bytes, "npy data");
  const at = toByteCount("start", start);
  const source = memorySource(plain.subarray(at));
  const elements = readStoredArray(
    source,
    0,
    rawInfoOf(options),
    (problem) =>
      new IreeError(
        "INVALID_ARGUMENT",
        `npy data: the array from byte ${at} ${problem}`,
      ),
  );
  const end = at + elements.start + elements.byteLength;
  return { array: readNdArray(source, elements), end };
}

/**
 * Creates the contents of a `.npy` file, byte for byte as `numpy.save` does.
 * Several arrays follow each other, as when `numpy.save` writes them to one open
 * file.
 *
 * NumPy has no `bf16` and no 8-bit floats. They are written as raw bytes, like
 * those of `ml_dtypes`; `array.view(dtype)` converts them to numbers in
 * NumPy.
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
 * @param arrays At least one array: with shape and element type, a typed array
 * for one dimension, or a tensor on a device.
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
  options: NpyOptions | undefined,
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
