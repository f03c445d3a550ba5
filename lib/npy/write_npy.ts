import { contentsOf } from "../../ffi/base/typed_array.ts";
import { IreeError } from "../base/error.ts";
import { isNativeObject } from "../base/native_object.ts";
import { toPath } from "../base/permissions.ts";
import { overFile } from "../files/file_errors.ts";
import { writeOutput } from "../files/output_file.ts";
import { BufferView } from "../hal/buffer_view.ts";
import { type AnyTypedArray, elementTypeInfo } from "../tensor/element_type.ts";
import { encodeTensor } from "../tensor/encode_tensor.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { formatDescr } from "./element_type.ts";
import { formatNpyHeader } from "./header.ts";

/** A value that can be written as an array. */
export type NpyData = NdArray<AnyTypedArray> | AnyTypedArray | BufferView;

/** An array in the form of a `.npy` file. */
export interface NpyParts {
  /** Its header. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** Length of its elements in bytes. */
  readonly byteLength: number;
  /**
   * Copies elements.
   *
   * @param target The destination; its length is the number of bytes.
   * @param offset The first byte.
   */
  readInto(target: Uint8Array<ArrayBuffer>, offset: number): void;
}

/**
 * Prepares arrays for writing.
 *
 * @param arrays The arrays.
 * @returns Their parts, in order; throws if one cannot be written.
 */
export function npyPartsOf(arrays: readonly NpyData[]): NpyParts[] {
  if (arrays.length > 0) return arrays.map(partsOf);
  throw new IreeError(
    "INVALID_ARGUMENT",
    "a npy file must have at least one array",
  );
}

// A Proxy of a view is not one.
function isView(array: NpyData): array is BufferView {
  return isNativeObject(array) && array instanceof BufferView;
}

function partsOf(array: NpyData, index: number): NpyParts {
  const refuse = (problem: string) =>
    new IreeError("INVALID_ARGUMENT", `array ${index} ${problem}`);
  if (isView(array)) {
    const { shape, byteLength } = array;
    const descr = formatDescr(elementTypeInfo(array.elementType), refuse);
    return {
      header: formatNpyHeader(descr, shape),
      byteLength,
      readInto: (target, offset) => array.readBytes(target, offset),
    };
  }
  const { info, dims, bytes } = encodeTensor(array, {
    info: undefined,
    shape: undefined,
    refuse,
  });
  const descr = formatDescr(info, refuse);
  const contents = contentsOf(bytes);
  return {
    header: formatNpyHeader(descr, Array.from(dims)),
    byteLength: contents.length,
    readInto: (target, offset) =>
      target.set(contents.subarray(offset, offset + target.length)),
  };
}

/** How much of a tensor is copied at a time. */
const PIECE_LENGTH = 2 ** 20;

/**
 * Writes arrays to a `.npy` file in pieces, in the format of `encodeNpy`, and
 * replaces an existing file. Needs `--allow-write` for it. To append to a file,
 * append the result of `encodeNpy`.
 *
 * @example
 * ```ts ignore
 * import { type BufferView, load } from "@iree/runtime";
 * import { writeNpy } from "@iree/runtime/npy";
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
  ...arrays: NpyData[]
): void {
  const name = toPath(path);
  const parts = npyPartsOf(arrays);
  overFile(name, () => writeOutput(name, piecesOf(parts)));
}

function* piecesOf(
  arrays: readonly NpyParts[],
): Generator<Uint8Array<ArrayBuffer>> {
  for (const array of arrays) yield* arrayPieces(array);
}

function* arrayPieces(
  { header, byteLength, readInto }: NpyParts,
): Generator<Uint8Array<ArrayBuffer>> {
  yield header;
  const buffer = new Uint8Array(Math.min(PIECE_LENGTH, byteLength));
  for (let at = 0; at < byteLength; at += PIECE_LENGTH) {
    const piece = buffer.subarray(0, Math.min(PIECE_LENGTH, byteLength - at));
    readInto(piece, at);
    yield piece;
  }
}
