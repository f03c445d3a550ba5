import { openSource } from "../files/byte_source.ts";
import type { WeightType } from "./configuration.ts";
import { dequantize } from "./dequantize.ts";
import { encodeElements, quantizeRows } from "./quantize.ts";
import type { SourceTensor } from "./model_source.ts";
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
 * Converts a tensor: its contents, and the scales of its rows, which are known
 * once the contents were read.
 *
 * @param weight The parameter.
 */
export function* convertTensor(
  { key, tensor, type, scales: scaleName }: ConvertedWeight,
): Generator<ConvertedPieces> {
  const columns = tensor.shape.at(-1) ?? 1;
  const rows = sizeOf(tensor) / columns;
  const scales = new Float32Array(scaleName === undefined ? 0 : rows);
  yield { key, pieces: convertRows(tensor, type, rows, columns, scales) };
  if (scaleName !== undefined) {
    yield { key: scaleName, pieces: [new Uint8Array(scales.buffer)] };
  }
}

function* convertRows(
  tensor: SourceTensor,
  type: WeightType,
  rows: number,
  columns: number,
  scales: Float32Array<ArrayBuffer>,
): Generator<Uint8Array<ArrayBuffer>> {
  const { interleavedHeads } = tensor;
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
    if (type !== "int8") {
      yield encodeElements(values, type);
      continue;
    }
    const first = unit * elements / columns;
    const part = scales.subarray(first, first + values.length / columns);
    yield quantizeRows(values, columns, part);
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
