// CPUs multiply integers of 8 bits fastest in tiles of a matrix: 16 rows at a time,
// two columns of each. Matrices of integers are stored like that.

/** How many rows a tile of a matrix has. */
export const TILE_ROWS = 16;
/** How many columns a tile of a matrix has. */
export const TILE_COLUMNS = 2;

/** The shape of a matrix in tiles; missing rows and columns are zeros. */
export function tiledShape(
  [rows, columns]: readonly number[],
): readonly [number, number, number, number] {
  return [
    Math.ceil(rows! / TILE_ROWS),
    Math.ceil(columns! / TILE_COLUMNS),
    TILE_ROWS,
    TILE_COLUMNS,
  ];
}

/**
 * Arranges rows of integers in tiles.
 *
 * @param rows Pieces of whole rows.
 * @param columns Size of a row.
 */
export function* tileRows(
  rows: Iterable<Int8Array>,
  columns: number,
): Generator<Uint8Array<ArrayBuffer>> {
  for (const piece of inTiles(rows, columns)) yield tiles(piece, columns);
}

/**
 * Cuts rows differently: into pieces with all rows of their tiles, but the last one.
 *
 * @param rows Pieces of whole rows.
 * @param length How many elements a row has.
 */
export function* inTiles<Elements extends Int8Array | Uint8Array>(
  rows: Iterable<Elements>,
  length: number,
): Generator<Elements> {
  // The rows of a tile that is not complete.
  let rest: Elements | undefined;
  for (const piece of rows) {
    const all = rest === undefined ? piece : joined(rest, piece);
    const whole = all.length - all.length % (TILE_ROWS * length);
    if (whole > 0) yield all.subarray(0, whole) as Elements;
    rest = all.slice(whole) as Elements;
  }
  if (rest !== undefined && rest.length > 0) yield rest;
}

function joined<Elements extends Int8Array | Uint8Array>(
  left: Elements,
  right: Elements,
): Elements {
  const type = left.constructor as new (length: number) => Elements;
  const all = new type(left.length + right.length);
  all.set(left);
  all.set(right, left.length);
  return all;
}

function tiles(values: Int8Array, columns: number): Uint8Array<ArrayBuffer> {
  const rows = values.length / columns;
  const [blocks, pairs] = tiledShape([rows, columns]);
  const target = new Int8Array(blocks * pairs * TILE_ROWS * TILE_COLUMNS);
  for (let row = 0; row < rows; row++) {
    const block = Math.floor(row / TILE_ROWS);
    const start = (block * pairs * TILE_ROWS + row % TILE_ROWS) * TILE_COLUMNS;
    for (let column = 0; column < columns; column++) {
      const pair = Math.floor(column / TILE_COLUMNS);
      const at = start + pair * TILE_ROWS * TILE_COLUMNS;
      target[at + column % TILE_COLUMNS] = values[row * columns + column]!;
    }
  }
  return new Uint8Array(target.buffer);
}
