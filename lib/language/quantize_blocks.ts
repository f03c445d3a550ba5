import { BLOCK_BYTES, BLOCK_COLUMNS } from "./blocks.ts";

/** The largest integer of 4 bits. */
const LARGEST = 15;

/** The encodings whose blocks are kept. */
export type BlockEncoding = "Q4_0" | "Q4_1";

/** Whether an encoding has blocks that are kept as they are. */
export function isBlockEncoding(encoding: string): encoding is BlockEncoding {
  return encoding === "Q4_0" || encoding === "Q4_1";
}

/**
 * Stores blocks of a GGUF file with a scale and a least number, exactly.
 *
 * @param encoding What the file has.
 * @param bytes Whole blocks.
 * @returns The blocks; undefined if a number does not fit 16 bits.
 */
export function keepBlocks(
  encoding: BlockEncoding,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | undefined {
  if (encoding === "Q4_1") return isFinite(bytes) ? bytes : undefined;
  const size = BLOCK_BYTES - 2;
  const blocks = bytes.length / size;
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const target = new Uint8Array(blocks * BLOCK_BYTES);
  const view = new DataView(target.buffer);
  for (let block = 0; block < blocks; block++) {
    const [from, to] = [block * size, block * BLOCK_BYTES];
    const scale = source.getFloat16(from, true);
    view.setFloat16(to, scale, true);
    // Its integers are less by 8.
    view.setFloat16(to + 2, -8 * scale, true);
    target.set(bytes.subarray(from + 2, from + size), to + 4);
  }
  return isFinite(target) ? target : undefined;
}

/**
 * Stores rows of numbers as blocks of 4 bits. A scale that is too small for 16
 * bits is 0: all numbers of the block become its least number, in 16 bits.
 *
 * @param values The numbers, row after row.
 * @param columns Size of a row. Missing columns of a block have the integer 0, which is
 * its least number; they are multiplied with zeros.
 * @returns The blocks; undefined if a number does not fit 16 bits.
 */
export function quantizeBlocks(
  values: Float32Array<ArrayBuffer>,
  columns: number,
): Uint8Array<ArrayBuffer> | undefined {
  const rows = values.length / columns;
  const blocks = Math.ceil(columns / BLOCK_COLUMNS);
  const target = new Uint8Array(rows * blocks * BLOCK_BYTES);
  const view = new DataView(target.buffer);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * columns + block * BLOCK_COLUMNS;
      const end = Math.min(start + BLOCK_COLUMNS, (row + 1) * columns);
      const at = (row * blocks + block) * BLOCK_BYTES;
      quantizeBlock(values.subarray(start, end), view, at);
    }
  }
  return isFinite(target) ? target : undefined;
}

function quantizeBlock(values: Float32Array, view: DataView, at: number): void {
  let least = values[0]!;
  let most = least;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  view.setFloat16(at + 2, least, true);
  const start = view.getFloat16(at + 2, true);
  view.setFloat16(at, (most - start) / LARGEST, true);
  const scale = view.getFloat16(at, true);
  const inverse = scale === 0 ? 0 : 1 / scale;
  values.forEach((value, place) => {
    const rounded = Math.round((value - start) * inverse);
    const integer = Math.max(0, Math.min(LARGEST, rounded));
    const byte = at + 4 + place % 16;
    const shifted = place < 16 ? integer : integer << 4;
    view.setUint8(byte, view.getUint8(byte) | shifted);
  });
}

// Whether the scales and least numbers of blocks are.
function isFinite(bytes: Uint8Array<ArrayBuffer>): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    for (const number of [at, at + 2]) {
      if (!Number.isFinite(view.getFloat16(number, true))) return false;
    }
  }
  return true;
}
