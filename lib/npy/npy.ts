import { type Bytes, bytesOf, contentsOf } from "../../ffi/base/typed_array.ts";
import { allocateArray } from "../base/allocate.ts";
import { checkByteCount } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { checkRegularFile, toPath } from "../base/permissions.ts";
import { overFile } from "../files/file_errors.ts";
import { writeOutput } from "../files/output_file.ts";
import { BufferView } from "../hal/buffer_view.ts";
import {
  type AnyTypedArray,
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
} from "../tensor/element_type.ts";
import { checkBooleans, encodeTensor } from "../tensor/encode_tensor.ts";
import { sizeOfShape } from "../tensor/shape.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { formatDescr, parseDescr } from "./element_type.ts";
import { formatNpyHeader, parseNpyHeader, type Refuse } from "./header.ts";

/** How `.npy` files are read. */
export interface NpyOptions {
  /**
   * Type of the elements of arrays that the file calls raw bytes (`V1`, `V2`),
   * which is how NumPy writes the types of `ml_dtypes`. Left out, `<V2` is
   * `bf16`, and others are refused: they may be of several types.
   */
  rawElementType?: ElementType;
}

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
 * import { decodeNpy, encodeNpy } from "@iree/runtime";
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
  return decode(bytesOf(bytes, "npy data"), "npy data", options);
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
  const { array, byteLength } = decodeOne(
    plain.subarray(start),
    rawInfoOf(options),
    (problem) =>
      new IreeError(
        "INVALID_ARGUMENT",
        `npy data: the array from byte ${start} ${problem}`,
      ),
  );
  return { array, end: start + byteLength };
}

/**
 * Reads the arrays in a `.npy` file, as {@linkcode decodeNpy} does. Needs
 * `--allow-read` for it.
 *
 * @example
 * ```ts ignore
 * import { BufferView, Device, Instance, readNpy } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-task");
 * const [image] = readNpy("image.npy");
 * using view = BufferView.from(device, image);
 * ```
 *
 * @param path Path or `file:` URL.
 * @param options What the file does not tell.
 * @returns The arrays in order, at least one; throws NOT_FOUND when there is no
 * such file, INVALID_ARGUMENT when it is not a regular one, UNAVAILABLE when it
 * cannot be read, and what `decodeNpy` throws.
 */
export function readNpy(
  path: string | URL,
  options: NpyOptions = {},
): NdArray[] {
  const file = toPath(path);
  checkRegularFile(file);
  const bytes = overFile(file, () => Deno.readFileSync(file));
  return decode(bytes, `'${file}'`, options);
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
 * import { decodeNpyArray, encodeNpy } from "@iree/runtime";
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
  ...arrays: (NdArray<AnyTypedArray> | AnyTypedArray | BufferView)[]
): Uint8Array<ArrayBuffer> {
  if (arrays.length === 0) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "a npy file has at least one array",
    );
  }
  const parts = arrays.flatMap((array, index) => encodeOne(array, index));
  const bytes = allocateArray(
    Uint8Array,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/**
 * Writes arrays to a `.npy` file, as {@linkcode encodeNpy} makes it; one that is
 * there is replaced. Needs `--allow-write` for it. To append to a file, append
 * what `encodeNpy` gives.
 *
 * @example
 * ```ts ignore
 * import { type BufferView, load, writeNpy } from "@iree/runtime";
 *
 * using program = load({ modules: ["model.vmfb"] });
 * using result = program.predict(new Float32Array(16)) as BufferView;
 * writeNpy("result.npy", result);
 * ```
 *
 * @param path Path or `file:` URL.
 * @param arrays The arrays, at least one.
 */
export function writeNpy(
  path: string | URL,
  ...arrays: (NdArray<AnyTypedArray> | AnyTypedArray | BufferView)[]
): void {
  const file = toPath(path);
  const bytes = encodeNpy(...arrays);
  overFile(file, () => writeOutput(file, (writeBytes) => writeBytes(bytes)));
}

function decode(
  bytes: Uint8Array<ArrayBuffer>,
  source: string,
  options: NpyOptions,
): NdArray[] {
  const raw = rawInfoOf(options);
  const arrays: NdArray[] = [];
  let start = 0;
  do {
    const place = `${source}: array ${arrays.length}, from byte ${start}, `;
    const { array, byteLength } = decodeOne(
      bytes.subarray(start),
      raw,
      (problem) => new IreeError("INVALID_ARGUMENT", place + problem),
    );
    arrays.push(array);
    start += byteLength;
  } while (start < bytes.length);
  return arrays;
}

function rawInfoOf(options: NpyOptions): ElementTypeInfo | undefined {
  const { rawElementType } = options;
  return rawElementType === undefined
    ? undefined
    : elementTypeInfo(rawElementType);
}

function decodeOne(
  bytes: Uint8Array<ArrayBuffer>,
  raw: ElementTypeInfo | undefined,
  refuse: Refuse,
): { array: NdArray; byteLength: number } {
  const header = parseNpyHeader(bytes, refuse);
  const { shape } = header;
  const { info, bigEndian } = parseDescr(header.descr, raw, refuse);
  const size = info.bitCount / 8;
  // The product of the others can be infinite.
  const length = shape.includes(0) ? 0 : sizeOfShape(shape) * size;
  const rest = bytes.length - header.byteLength;
  // Before memory is asked for: a header can say anything.
  if (length > rest) {
    throw refuse(
      `is cut off: ${rest} bytes follow its header, not ${length}`,
    );
  }
  const byteLength = header.byteLength + length;
  let contents = allocateArray(Uint8Array, length);
  contents.set(bytes.subarray(header.byteLength, byteLength));
  if (bigEndian) swapBytes(contents, size / info.components);
  if (header.fortranOrder) contents = toRowMajor(contents, shape, size);
  const data = new info.array(contents.buffer);
  if (info.name === "i1") checkBooleans(data, refuse);
  return { array: { elementType: info.name, shape, data }, byteLength };
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    bytes.subarray(start, start + size).reverse();
  }
}

// Elements are moved by up to four bytes at once, never as numbers: a NaN keeps
// its bits.
function toRowMajor(
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  size: number,
): Uint8Array<ArrayBuffer> {
  const target = allocateArray(Uint8Array, bytes.length);
  const Lanes = { 1: Uint8Array, 2: Uint16Array }[size] ?? Uint32Array;
  const lanes = size / Lanes.BYTES_PER_ELEMENT;
  const [from, to] = [new Lanes(bytes.buffer), new Lanes(target.buffer)];
  let at = 0;
  const copy = (axis: number, start: number, stride: number): void => {
    if (axis === shape.length) {
      for (let lane = 0; lane < lanes; lane++) to[at++] = from[start + lane];
      return;
    }
    for (let index = 0; index < shape[axis]; index++) {
      copy(axis + 1, start + index * stride, stride * shape[axis]);
    }
  };
  if (bytes.length > 0) copy(0, 0, lanes);
  return target;
}

function encodeOne(
  array: NdArray<AnyTypedArray> | AnyTypedArray | BufferView,
  index: number,
): Uint8Array<ArrayBuffer>[] {
  const refuse = (problem: string) =>
    new IreeError("INVALID_ARGUMENT", `array ${index} ${problem}`);
  const data = array instanceof BufferView ? array.toNdArray() : array;
  const { info, dims, bytes } = encodeTensor(data, {
    info: undefined,
    shape: undefined,
    refuse,
  });
  const descr = formatDescr(info, refuse);
  return [formatNpyHeader(descr, Array.from(dims)), contentsOf(bytes)];
}
