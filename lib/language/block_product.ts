import { BLOCK_COLUMNS, LEAST_AT, SCALES_AT } from "./blocks.ts";
import { type DotKind, emitDots, ROWS_AT_A_TIME } from "./dot_products.ts";
import { LARGEST, type Normalization, PARTS } from "./integer_product.ts";
import {
  type Buffer,
  emitKernel,
  type KernelBuilder,
} from "./kernel_builder.ts";
import { decimal, type MlirBuilder, type Value } from "./mlir_builder.ts";
import { TILE_ROWS } from "./tiles.ts";

// Code that IREE makes of blocks is slower than integers of 8 bits. These kernels
// are faster: they read each block once, for several rows of activations.

const FLOATS = "vector<16xf32>";
const INTEGERS = "vector<16xi32>";
const LANES = 16;

/** About how many bytes of a matrix a kernel reads at a time, for one row. */
const PIECE_BYTES = 32768;

/** Rows of activations as integers. */
export interface BlockRows {
  /** Rows, high and low parts, columns. */
  readonly parts: Value;
  /** The sums of the integers of blocks. */
  readonly sums: Value;
  /** What the integers of a row are multiplied with to be numbers. */
  readonly scales: Value;
}

/**
 * Rounds rows of numbers to integers with a high and a low part.
 *
 * @param b Where to.
 * @param rows The rows.
 * @param normalization How they are normalized, if they are.
 */
export function emitBlockRows(
  b: MlirBuilder,
  rows: Value,
  normalization?: Normalization,
): BlockRows {
  const [count, columns] = rows.shape as [number, number];
  const blocks = Math.ceil(columns / BLOCK_COLUMNS);
  const width = blocks * BLOCK_COLUMNS;
  const weights = normalization && b.pad(normalization.weight, [width]);
  const [parts, sums, scales] = emitKernel(b, {
    name: `round_${count}x${columns}${weights === undefined ? "" : "_norm"}`,
    count,
    inputs: [
      b.pad(rows, [count, width]),
      ...weights === undefined ? [] : [weights],
    ],
    outputs: [
      { shape: [count, 2, width], type: "i8" },
      { shape: [count, blocks], type: "f32" },
      { shape: [count], type: "f32" },
    ],
    body: (k, buffers, row) =>
      roundRow(k, buffers, row, { columns, width, normalization }),
  });
  return { parts: parts!, sums: sums!, scales: scales! };
}

interface RowOptions {
  readonly columns: number;
  readonly width: number;
  readonly normalization: Normalization | undefined;
}

function roundRow(
  k: KernelBuilder,
  buffers: readonly Buffer[],
  row: string,
  { columns, width, normalization }: RowOptions,
): void {
  const [input] = buffers as [Buffer];
  const weights = normalization && buffers[1]!;
  const [parts, sums, scales] = buffers.slice(-3) as [Buffer, Buffer, Buffer];
  const [zero, one, step] = [k.index(0), k.index(1), k.index(LANES)];
  const none = k.fill("0.0", FLOATS);
  const weigh = (x: string, at: string) => {
    if (weights === undefined) return x;
    const weight = k.loadVector(weights, [at], FLOATS);
    return k.emit(`arith.mulf ${x}, ${weight} : ${FLOATS}`);
  };
  const [largest, squares] = k.loop(
    [zero, k.index(width), step],
    FLOATS,
    [none, none],
    (at, [most, sum]) => {
      const x = k.loadVector(input, [row, at], FLOATS);
      const size = k.emit(`math.absf ${weigh(x, at)} : ${FLOATS}`);
      return [
        k.emit(`arith.maximumf ${most}, ${size} : ${FLOATS}`),
        k.emit(`math.fma ${x}, ${x}, ${sum} : ${FLOATS}`),
      ];
    },
  ).map((vector, at) =>
    k.emit(
      `vector.reduction <${at === 0 ? "maximumf" : "add"}>, ${vector} : ` +
        `${FLOATS} into f32`,
    )
  ) as [string, string];
  const limit = k.fill(`${LARGEST}.0`, "f32");
  const least = k.fill("1.0e-30", "f32");
  const divisor = k.emit(`arith.maximumf ${largest}, ${least} : f32`);
  const factor = k.emit(`arith.divf ${limit}, ${divisor} : f32`);
  let scale = k.emit(`arith.divf ${largest}, ${limit} : f32`);
  if (normalization !== undefined) {
    const share = k.fill(decimal(1 / columns), "f32");
    const epsilon = k.fill(decimal(normalization.epsilon), "f32");
    const mean = k.emit(`arith.mulf ${squares}, ${share} : f32`);
    const shifted = k.emit(`arith.addf ${mean}, ${epsilon} : f32`);
    const root = k.emit(`math.rsqrt ${shifted} : f32`);
    scale = k.emit(`arith.mulf ${scale}, ${root} : f32`);
  }
  k.store(scale, scales, [row]);
  const factors = k.broadcast(factor, "f32", FLOATS);
  const indices = [zero, one];
  k.loop([zero, k.index(width / BLOCK_COLUMNS), one], "", [], (block) => {
    const start = k.emit(
      `arith.muli ${block}, ${k.index(BLOCK_COLUMNS)} : index`,
    );
    const halves = [start, k.emit(`arith.addi ${start}, ${step} : index`)];
    const integers = halves.map((at) => {
      const x = weigh(k.loadVector(input, [row, at], FLOATS), at);
      const scaled = k.emit(`arith.mulf ${x}, ${factors} : ${FLOATS}`);
      const rounded = k.emit(`math.roundeven ${scaled} : ${FLOATS}`);
      const integer = k.emit(
        `arith.fptosi ${rounded} : ${FLOATS} to ${INTEGERS}`,
      );
      splitVector(k, integer).forEach((part, which) =>
        k.storeVector(part, parts, [row, indices[which]!, at], "vector<16xi8>")
      );
      return integer;
    });
    const both = k.emit(`arith.addi ${integers.join(", ")} : ${INTEGERS}`);
    const sum = k.emit(
      `vector.reduction <add>, ${both} : ${INTEGERS} into i32`,
    );
    k.store(k.emit(`arith.sitofp ${sum} : i32 to f32`), sums, [row, block]);
    return [];
  });
}

// The high and the low parts of integers.
function splitVector(k: KernelBuilder, integer: string): [string, string] {
  const half = k.fill(`${PARTS / 2}`, INTEGERS);
  const bits = k.fill(`${Math.log2(PARTS)}`, INTEGERS);
  const above = k.emit(`arith.addi ${integer}, ${half} : ${INTEGERS}`);
  const high = k.emit(`arith.shrsi ${above}, ${bits} : ${INTEGERS}`);
  const whole = k.emit(`arith.shli ${high}, ${bits} : ${INTEGERS}`);
  const low = k.emit(`arith.subi ${integer}, ${whole} : ${INTEGERS}`);
  const [left, right] = [high, low].map((part) =>
    k.emit(`arith.trunci ${part} : ${INTEGERS} to vector<16xi8>`)
  ) as [string, string];
  return [left, right];
}

/**
 * Multiplies rows with the rows of a matrix in blocks.
 *
 * @param b Where to.
 * @param rows The rows.
 * @param matrix The matrix, in tiles of blocks.
 * @param kind How the CPU multiplies.
 * @param plus Rows that are added to the products.
 */
export function emitBlockProduct(
  b: MlirBuilder,
  { parts, sums, scales }: BlockRows,
  matrix: Value,
  kind: DotKind,
  plus?: Value,
): Value {
  const [count, , width] = parts.shape as [number, number, number];
  const [tiles, blocks, size] = matrix.shape as [number, number, number];
  const shape = [count, tiles * TILE_ROWS];
  const atATime = Math.min(count, ROWS_AT_A_TIME[kind]);
  const work = blocks * size * Math.ceil(count / atATime);
  const perPiece = Math.max(1, Math.round(PIECE_BYTES / work));
  const [product] = emitKernel(b, {
    name: `product_${count}x${tiles}x${blocks}${
      plus === undefined ? "" : "_plus"
    }`,
    count: Math.ceil(tiles / perPiece),
    inputs: [
      ...[parts, sums, scales, matrix],
      ...plus === undefined ? [] : [b.pad(plus, shape)],
    ],
    outputs: [{ shape, type: "f32" }],
    // Four columns of a row are multiplied at a time.
    views: { 0: `memref<${count}x2x${width / 4}xi32>` },
    body: (k, buffers, id) =>
      multiply(k, buffers, id, {
        ...{ count, tiles, blocks, perPiece, atATime, kind },
      }),
  });
  return product!;
}

interface ProductOptions {
  readonly count: number;
  readonly tiles: number;
  readonly blocks: number;
  readonly perPiece: number;
  readonly atATime: number;
  readonly kind: DotKind;
}

function multiply(
  k: KernelBuilder,
  buffers: readonly Buffer[],
  id: string,
  options: ProductOptions,
): void {
  const { count, tiles, blocks, perPiece, atATime, kind } = options;
  const [parts, sums, scales, matrix] = buffers as [
    ...[Buffer, Buffer, Buffer, Buffer],
  ];
  const plus = buffers.length === 6 ? buffers[4] : undefined;
  const result = buffers.at(-1)!;
  const [zero, one] = [k.index(0), k.index(1)];
  const none = k.fill("0.0", FLOATS);
  const first = k.emit(`arith.muli ${id}, ${k.index(perPiece)} : index`);
  const next = k.emit(`arith.addi ${first}, ${k.index(perPiece)} : index`);
  const end = k.emit(`arith.minui ${next}, ${k.index(tiles)} : index`);
  const groups: (readonly [string, string, string])[] = [
    [zero, k.index(count), k.index(atATime)],
  ];
  k.loop([first, end, one], "", [], (tile) => {
    const column = k.emit(`arith.muli ${tile}, ${k.index(TILE_ROWS)} : index`);
    k.loop(groups[0]!, "", [], (group) => {
      const rows = Array.from({ length: atATime }, (_, at) => {
        const row = k.emit(`arith.addi ${group}, ${k.index(at)} : index`);
        // The last row is computed again where there are no further ones.
        return count % atATime === 0
          ? row
          : k.emit(`arith.minui ${row}, ${k.index(count - 1)} : index`);
      });
      const totals = k.loop(
        [zero, k.index(blocks), one],
        FLOATS,
        rows.map(() => none),
        (block, totals) => {
          const place = [tile, block];
          const integers = emitDots(k, kind, { parts, matrix, rows, place });
          const [scale, least] = [SCALES_AT, LEAST_AT].map((at) =>
            loadHalves(k, matrix, [...place, k.index(at)])
          );
          return integers.map((integer, at) => {
            const number = k.emit(
              `arith.sitofp ${integer} : ${INTEGERS} to ${FLOATS}`,
            );
            const total = k.emit(
              `math.fma ${number}, ${scale}, ${totals[at]} : ${FLOATS}`,
            );
            const sum = k.load(sums, [rows[at]!, block]);
            const all = k.broadcast(sum, "f32", FLOATS);
            return k.emit(`math.fma ${all}, ${least}, ${total} : ${FLOATS}`);
          });
        },
      );
      totals.forEach((total, at) => {
        const place = [rows[at]!, column];
        const scale = k.broadcast(k.load(scales, [rows[at]!]), "f32", FLOATS);
        const added = plus === undefined
          ? none
          : k.loadVector(plus, place, FLOATS);
        const sum = k.emit(`math.fma ${total}, ${scale}, ${added} : ${FLOATS}`);
        k.storeVector(sum, result, place, FLOATS);
      });
      return [];
    });
    return [];
  });
}

// Numbers of 16 bits, of each row of a tile.
function loadHalves(
  k: KernelBuilder,
  matrix: Buffer,
  place: readonly string[],
): string {
  const bytes = k.loadVector(matrix, place, "vector<32xi8>");
  const halves = k.cast(bytes, "vector<32xi8>", "vector<16xf16>");
  return k.emit(`arith.extf ${halves} : vector<16xf16> to ${FLOATS}`);
}
