import { inTiles, TILE_ROWS } from "./tiles.ts";

// A matrix of 4 bits is stored as GGUF's Q4_1 has it: 32 columns of a row are a
// block of 20 bytes, with a scale and a least number of 16 bits. The blocks of 16
// rows lie together, so that vectors run over rows.

/** How many columns a block has. */
export const BLOCK_COLUMNS = 32;
/** How many bytes a block of one row has. */
export const BLOCK_BYTES = 20;
/** Where the scales are in the blocks of a tile. */
export const SCALES_AT: number = TILE_ROWS * BLOCK_COLUMNS / 2;
/** Where the least numbers are in the blocks of a tile. */
export const LEAST_AT: number = SCALES_AT + TILE_ROWS * 2;

/**
 * The shape of a matrix in tiles of blocks. Bytes of missing rows are zeros, so these
 * rows are 0. Missing columns of a row have the integer 0, which is the block's least
 * number: they add nothing to a product because activations are padded with zeros.
 */
export function blockedShape(
  [rows, columns]: readonly number[],
): readonly [number, number, number] {
  return [
    Math.ceil(rows! / TILE_ROWS),
    Math.ceil(columns! / BLOCK_COLUMNS),
    TILE_ROWS * BLOCK_BYTES,
  ];
}

/**
 * Arranges blocks of rows in tiles.
 *
 * @param rows Pieces of whole rows of blocks.
 * @param columns Size of a row.
 */
export function* tileBlocks(
  rows: Iterable<Uint8Array>,
  columns: number,
): Generator<Uint8Array<ArrayBuffer>> {
  const blocks = Math.ceil(columns / BLOCK_COLUMNS);
  const length = blocks * BLOCK_BYTES;
  for (const piece of inTiles(rows, length)) {
    const tiles = Math.ceil(piece.length / length / TILE_ROWS);
    const target = new Uint8Array(tiles * TILE_ROWS * length);
    for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
      const row = Math.floor(at / length);
      const block = at % length / BLOCK_BYTES;
      const tile = Math.floor(row / TILE_ROWS);
      const start = (tile * blocks + block) * TILE_ROWS * BLOCK_BYTES;
      const source = piece.subarray(at, at + BLOCK_BYTES);
      placeBlock(source, target.subarray(start), row % TILE_ROWS);
    }
    yield target;
  }
}

// Four bytes of each row are neighbors: what a CPU multiplies and adds at a time.
function placeBlock(
  source: Uint8Array,
  target: Uint8Array,
  row: number,
): void {
  target.set(source.subarray(0, 2), SCALES_AT + row * 2);
  target.set(source.subarray(2, 4), LEAST_AT + row * 2);
  for (let part = 0; part < 4; part++) {
    const bytes = source.subarray(4 + part * 4, 8 + part * 4);
    target.set(bytes, (part * TILE_ROWS + row) * 4);
  }
}
