import {
  decimal,
  type Elements,
  type MlirBuilder,
  typeOf,
  type Value,
} from "./mlir_builder.ts";
import { TILE_COLUMNS, TILE_ROWS } from "./tiles.ts";

// A number of the activations becomes two integers of 8 bits, a high and a low
// part, so that it keeps 15 bits. They are two rows of a tile: the second product
// is almost free, since reading the matrix takes longer.

/** What the high part counts, in parts of the low one. */
export const PARTS = 128;
/** The largest integer whose parts have 8 bits each. */
export const LARGEST: number = 127 * PARTS + 63;
/** How many rows of activations a tile has at most. */
const MOST_ROWS = 8;

/** How rows are normalized: `x / sqrt(mean(x²) + ε) · weight`. */
export interface Normalization {
  /** The weights of the columns. */
  readonly weight: Value;
  /** What is added to the mean of the squares. */
  readonly epsilon: number;
}

/** Activations in tiles of integers. */
export interface IntegerRows {
  /** Tiles, pairs of columns, rows with their parts, columns. */
  readonly tiles: Value;
  /** The largest number of each row. */
  readonly largest: Value;
  /** The sums of squares of the rows, if they are normalized. */
  readonly squares: Value | undefined;
  /** How many rows there are. */
  readonly count: number;
  /** Emits what an integer is multiplied with to be a number. */
  scale(emit: Elements["emit"], largest: string, squares?: string): string;
}

/**
 * Rounds rows of numbers to integers. Normalizing them changes only the scales of
 * rows, so the numbers are not computed first.
 *
 * @param b Where to.
 * @param rows The rows.
 * @param normalization How they are normalized, if they are.
 */
export function emitIntegerRows(
  b: MlirBuilder,
  rows: Value,
  normalization?: Normalization,
): IntegerRows {
  const [count, columns] = rows.shape as [number, number];
  const inTile = Math.min(MOST_ROWS, 2 ** Math.ceil(Math.log2(count)));
  const tileCount = Math.ceil(count / inTile);
  const pairs = Math.ceil(columns / TILE_COLUMNS);
  const width = pairs * TILE_COLUMNS;
  const tile = (value: Value, sizes: readonly number[]) =>
    b.expand(b.pad(value, [...sizes, width]), [
      ...sizes.map(() => [tileCount, inTile]),
      [pairs, TILE_COLUMNS],
    ]);
  const parts = tile(rows, [tileCount * inTile]);
  const weights = normalization && [tile(normalization.weight, [])];
  const weigh = (x: string, weight: string | undefined, emit: Emit) =>
    weight === undefined ? x : emit(`arith.mulf ${x}, ${weight} : f32`);
  const also = weights === undefined ? "" : ",kc";
  const largest = b.compute(
    `takc${also}->ta`,
    [parts, ...weights ?? []],
    ({ inputs: [x, weight], sum, emit }) => {
      const size = emit(`math.absf ${weigh(x!, weight, emit)} : f32`);
      return emit(`arith.maximumf ${size}, ${sum} : f32`);
    },
  );
  const squares = normalization && b.compute(
    "takc->ta",
    [parts],
    ({ inputs: [x], sum, emit }) => {
      const square = emit(`arith.mulf ${x}, ${x} : f32`);
      return emit(`arith.addf ${sum}, ${square} : f32`);
    },
  );
  const limit = b.constant(`${LARGEST}.0`, "f32");
  const least = b.constant("1.0e-30", "f32");
  const split = b.compute(
    `takc,ta${also}->tkapc`,
    [parts, largest, ...weights ?? []],
    ({ inputs: [x, size, weight], index, emit }) => {
      const divisor = emit(`arith.maximumf ${size}, ${least} : f32`);
      const factor = emit(`arith.divf ${limit}, ${divisor} : f32`);
      const number = weigh(x!, weight, emit);
      const scaled = emit(`arith.mulf ${number}, ${factor} : f32`);
      return splitNumber(b, scaled, index("p"), emit);
    },
    { type: "i8", sizes: { p: 2 } },
  );
  const tiles = b.collapse(split, [
    ...[[tileCount], [pairs], [inTile, 2], [TILE_COLUMNS]],
  ]);
  const step = b.constant(decimal(1 / LARGEST), "f32");
  const share = b.constant(decimal(1 / columns), "f32");
  const epsilon = b.constant(decimal(normalization?.epsilon ?? 0), "f32");
  const scale: IntegerRows["scale"] = (emit, largest, squares) => {
    const scale = emit(`arith.mulf ${largest}, ${step} : f32`);
    if (squares === undefined) return scale;
    const mean = emit(`arith.mulf ${squares}, ${share} : f32`);
    const shifted = emit(`arith.addf ${mean}, ${epsilon} : f32`);
    const root = emit(`math.rsqrt ${shifted} : f32`);
    return emit(`arith.mulf ${scale}, ${root} : f32`);
  };
  return { tiles, largest, squares, count, scale };
}

type Emit = Elements["emit"];

// Emits the high part of a number if the index is 0, and its low part otherwise.
function splitNumber(
  b: MlirBuilder,
  number: string,
  index: string,
  emit: Emit,
): string {
  const half = b.constant(`${PARTS / 2}`, "i32");
  const bits = b.constant(`${Math.log2(PARTS)}`, "i32");
  const zero = b.constant("0", "index");
  const rounded = emit(`math.roundeven ${number} : f32`);
  const integer = emit(`arith.fptosi ${rounded} : f32 to i32`);
  const above = emit(`arith.addi ${integer}, ${half} : i32`);
  const high = emit(`arith.shrsi ${above}, ${bits} : i32`);
  const whole = emit(`arith.shli ${high}, ${bits} : i32`);
  const low = emit(`arith.subi ${integer}, ${whole} : i32`);
  const isHigh = emit(`arith.cmpi eq, ${index}, ${zero} : index`);
  const part = emit(`arith.select ${isHigh}, ${high}, ${low} : i32`);
  return emit(`arith.trunci ${part} : i32 to i8`);
}

/**
 * Multiplies rows with the rows of a matrix.
 *
 * @param b Where to.
 * @param rows The rows.
 * @param matrix The matrix, in tiles.
 * @param scales What its rows are multiplied with to be numbers, in tiles.
 * @param plus Rows that are added to the products.
 * @returns The products; those with rows that fill tiles have no meaning.
 */
export function emitIntegerProduct(
  b: MlirBuilder,
  rows: IntegerRows,
  matrix: Value,
  scales: Value,
  plus?: Value,
): Value {
  const { tiles, largest, squares, count } = rows;
  const [tileCount, , height] = tiles.shape as [number, number, number];
  const [blocks] = matrix.shape as [number];
  const inTile = height / 2;
  const zeros = b.fill("0", [tileCount, blocks, height, TILE_ROWS], "i32");
  const name = b.emit(
    `linalg.mmt4d ins(${tiles.name}, ${matrix.name} : ${typeOf(tiles)}, ` +
      `${typeOf(matrix)}) outs(${zeros.name} : ${typeOf(zeros)}) -> ` +
      typeOf(zeros),
  );
  const products = b.expand({ ...zeros, name }, [
    ...[[tileCount], [blocks], [inTile, 2], [TILE_ROWS]],
  ]);
  const groups = [[tileCount, inTile], [blocks, TILE_ROWS]];
  const shape = [tileCount * inTile, blocks * TILE_ROWS];
  const zero = b.constant("0", "index");
  const one = b.constant("1.0", "f32");
  const more = b.constant(`${PARTS}.0`, "f32");
  const numbers = b.compute(
    `tnapb,nb,ta${squares === undefined ? "" : ",ta"}->tanb`,
    [products, scales, largest, ...squares === undefined ? [] : [squares]],
    ({ inputs: [x, right, size, square], sum, index, emit }) => {
      const isHigh = emit(`arith.cmpi eq, ${index("p")}, ${zero} : index`);
      const weight = emit(`arith.select ${isHigh}, ${more}, ${one} : f32`);
      const number = emit(`arith.sitofp ${x} : i32 to f32`);
      const weighted = emit(`arith.mulf ${number}, ${weight} : f32`);
      const left = rows.scale(emit, size!, square);
      const scale = emit(`arith.mulf ${left}, ${right} : f32`);
      const product = emit(`arith.mulf ${weighted}, ${scale} : f32`);
      return emit(`arith.addf ${sum}, ${product} : f32`);
    },
    { into: plus && b.expand(b.pad(plus, shape), groups) },
  );
  const all = b.collapse(numbers, groups);
  return shape[0] === count ? all : b.columns(all, 0, shape[1]!, count);
}
