import { openSource } from "../files/byte_source.ts";
import type { WeightType } from "./configuration.ts";
import { dequantize } from "./dequantize.ts";
import { encodeElements, quantizeRows } from "./quantize.ts";
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
  type: Exclude<WeightType, "int8">,
): Generator<Uint8Array<ArrayBuffer>> {
  for (const tensor of tensors) {
    for (const values of readRows(tensor)) yield encodeElements(values, type);
  }
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
  const { interleavedHeads } = tensor;
  const columns = columnsOf(tensor);
  const rows = sizeOf(tensor) / columns;
  // A vector is a single row, but its heads are of single elements.
  const isVector = tensor.shape.length === 1;
  const units = interleavedHeads ?? rows;
  const elements = rows * columns / units;
  const perPiece = Math.max(1, Math.floor(PIECE_ELEMENTS / elements));
  const unitBytes = tensor.byteLength / units;
  using file = openSource(tensor.path);
  for (let unit = 0; unit < units; unit += perPiece) {
    const count = Math.min(perPiece, units - unit);
    const start = tensor.offset + unit * unitBytes;
    const bytes = file.read(start, count * unitBytes);
    let values = dequantize(tensor.encoding, bytes);
    if (interleavedHeads !== undefined) {
      values = separate(values, count, isVector ? 1 : columns);
    }
    yield values;
  }
}

// Rows of a head whose pairs are neighbors: 0, 1, 2, … become 0, 2, … 1, 3, ….
function separate(
  values: Float32Array<ArrayBuffer>,
  heads: number,
  width: number,
): Float32Array<ArrayBuffer> {
  const target = new Float32Array(values.length);
  const rows = values.length / heads / width;
  const half = rows / 2;
  for (let head = 0; head < heads; head++) {
    const start = head * rows * width;
    for (let row = 0; row < rows; row++) {
      const from = start + ((row % half) * 2 + Math.floor(row / half)) * width;
      const piece = values.subarray(from, from + width);
      target.set(piece, start + row * width);
    }
  }
  return target;
}
