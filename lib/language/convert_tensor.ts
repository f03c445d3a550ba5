import { IreeError } from "../base/error.ts";
import { openSource } from "../files/byte_source.ts";
import { tileBlocks } from "./blocks.ts";
import { dequantize } from "./dequantize.ts";
import { encodeElements, type PlainType, quantizeRows } from "./quantize.ts";
import {
  isBlockEncoding,
  keepBlocks,
  quantizeBlocks,
} from "./quantize_blocks.ts";
import type { SourceTensor } from "./model_source.ts";
import { TILE_ROWS, tiledShape, tileRows } from "./tiles.ts";
import { type ConvertedWeight, sizeOf } from "./weight_plan.ts";

/** About how many elements are converted at a time. */
const PIECE_ELEMENTS = 2 ** 20;

/** A converted parameter, in pieces. */
export interface ConvertedPieces {
  /** Its key. */
  readonly key: string;
  /** Its contents. */
  readonly pieces: Iterable<Uint8Array<ArrayBuffer>>;
}

/**
 * Converts a parameter: its contents, and the scales of its rows, which are known
 * once the contents were read.
 *
 * @param weight The parameter.
 */
export function* convertTensor(
  { key, tensors, type, scales }: ConvertedWeight,
): Generator<ConvertedPieces> {
  if (type === "int4") {
    yield { key, pieces: blocked(tensors) };
    return;
  }
  if (type !== "int8") {
    yield { key, pieces: encoded(tensors, type) };
    return;
  }
  const all = new Float32Array(scales!.byteLength / 4);
  yield { key, pieces: tiled(tensors, all) };
  yield { key: scales!.key, pieces: [new Uint8Array(all.buffer)] };
}

function* encoded(
  tensors: readonly SourceTensor[],
  type: PlainType,
): Generator<Uint8Array<ArrayBuffer>> {
  for (const tensor of tensors) {
    for (const values of readRows(tensor)) yield encodeElements(values, type);
  }
}

function* blocked(
  tensors: readonly SourceTensor[],
): Generator<Uint8Array<ArrayBuffer>> {
  for (const tensor of tensors) {
    yield* tileBlocks(blocksOf(tensor), columnsOf(tensor));
  }
}

function* blocksOf(
  tensor: SourceTensor,
): Generator<Uint8Array<ArrayBuffer>> {
  const { encoding, name, path } = tensor;
  const columns = columnsOf(tensor);
  const pieces = isBlockEncoding(encoding)
    ? map(readBytes(tensor), (bytes) => keepBlocks(encoding, bytes))
    : map(readRows(tensor), (values) => quantizeBlocks(values, columns));
  for (const piece of pieces) {
    if (piece !== undefined) {
      yield piece;
      continue;
    }
    throw new IreeError(
      "OUT_OF_RANGE",
      `'${path}': tensor '${name}' has numbers that do not fit 16 bits`,
      { hint: "use other weights than 'int4'" },
    );
  }
}

function* map<From, To>(
  values: Iterable<From>,
  change: (value: From) => To,
): Generator<To> {
  for (const value of values) yield change(value);
}

function* tiled(
  tensors: readonly SourceTensor[],
  scales: Float32Array<ArrayBuffer>,
): Generator<Uint8Array<ArrayBuffer>> {
  let start = 0;
  for (const tensor of tensors) {
    const [tiles] = tiledShape(tensor.shape);
    const end = start + tiles * TILE_ROWS;
    const integers = quantized(tensor, scales.subarray(start, end));
    yield* tileRows(integers, columnsOf(tensor));
    start = end;
  }
}

function* quantized(
  tensor: SourceTensor,
  scales: Float32Array<ArrayBuffer>,
): Generator<Int8Array<ArrayBuffer>> {
  const columns = columnsOf(tensor);
  let row = 0;
  for (const values of readRows(tensor)) {
    const end = row + values.length / columns;
    yield quantizeRows(values, columns, scales.subarray(row, end));
    row = end;
  }
}

function columnsOf({ shape }: SourceTensor): number {
  return shape.at(-1) ?? 1;
}

// Pieces of whole rows.
function* readRows(
  tensor: SourceTensor,
): Generator<Float32Array<ArrayBuffer>> {
  for (const bytes of readBytes(tensor)) {
    yield dequantize(tensor.encoding, bytes);
  }
}

// Pieces of whole rows, as they are stored.
function* readBytes(tensor: SourceTensor): Generator<Uint8Array<ArrayBuffer>> {
  const { interleavedHeads } = tensor;
  const columns = columnsOf(tensor);
  const rows = sizeOf(tensor) / columns;
  const units = interleavedHeads ?? rows;
  const elements = rows * columns / units;
  const perPiece = Math.max(1, Math.floor(PIECE_ELEMENTS / elements));
  const unitBytes = tensor.byteLength / units;
  // A vector is a single row, but its heads are of single elements.
  const rowBytes = tensor.byteLength /
    (tensor.shape.length === 1 ? columns : rows);
  using file = openSource(tensor.path);
  for (let unit = 0; unit < units; unit += perPiece) {
    const count = Math.min(perPiece, units - unit);
    const start = tensor.offset + unit * unitBytes;
    const bytes = file.read(start, count * unitBytes);
    yield interleavedHeads === undefined
      ? bytes
      : separate(bytes, count, rowBytes);
  }
}

// Rows of a head whose pairs are neighbors: 0, 1, 2, … become 0, 2, … 1, 3, ….
function separate(
  bytes: Uint8Array<ArrayBuffer>,
  heads: number,
  width: number,
): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(bytes.length);
  const rows = bytes.length / heads / width;
  const half = rows / 2;
  for (let head = 0; head < heads; head++) {
    const start = head * rows * width;
    for (let row = 0; row < rows; row++) {
      const from = start + ((row % half) * 2 + Math.floor(row / half)) * width;
      const piece = bytes.subarray(from, from + width);
      target.set(piece, start + row * width);
    }
  }
  return target;
}
