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
  /** The sums of the numbers of blocks. */
  readonly sums: Value;
  /** What the integers of blocks are multiplied with to be numbers. */
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
      { shape: [count, blocks], type: "f32" },
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
  const outputs = buffers.slice(-3) as [Buffer, Buffer, Buffer];
  const [zero, one, step] = [k.index(0), k.index(1), k.index(LANES)];
  const limit = k.fill(`${LARGEST}.0`, "f32");
  const least = k.fill("1.0e-30", "f32");
  const root = normalization && emitRoot(k, input, row, {
    range: [zero, k.index(width), step],
    columns,
    epsilon: normalization.epsilon,
  });
  k.loop([zero, k.index(width / BLOCK_COLUMNS), one], "", [], (block) => {
    const size = k.index(BLOCK_COLUMNS);
    const start = k.emit(`arith.muli ${block}, ${size} : index`);
    const places = [start, k.emit(`arith.addi ${start}, ${step} : index`)];
    const halves = places.map((at) => {
      const x = k.loadVector(input, [row, at], FLOATS);
      if (weights === undefined) return x;
      const weight = k.loadVector(weights, [at], FLOATS);
      return k.emit(`arith.mulf ${x}, ${weight} : ${FLOATS}`);
    });
    const [left, right] = halves.map((x) =>
      k.emit(`math.absf ${x} : ${FLOATS}`)
    );
    const most = k.emit(`arith.maximumf ${left}, ${right} : ${FLOATS}`);
    const largest = k.reduce("maximumf", most, FLOATS, "f32");
    const divisor = k.emit(`arith.maximumf ${largest}, ${least} : f32`);
    const factor = k.emit(`arith.divf ${limit}, ${divisor} : f32`);
    const factors = k.broadcast(factor, "f32", FLOATS);
    const integers = halves.map((x, half) => {
      const scaled = k.emit(`arith.mulf ${x}, ${factors} : ${FLOATS}`);
      const rounded = k.emit(`math.roundeven ${scaled} : ${FLOATS}`);
      const integer = k.emit(
        `arith.fptosi ${rounded} : ${FLOATS} to ${INTEGERS}`,
      );
      splitVector(k, integer).forEach((part, which) => {
        const place = [row, [zero, one][which]!, places[half]!];
        k.storeVector(part, outputs[0], place, "vector<16xi8>");
      });
      return integer;
    });
    const both = k.emit(`arith.addi ${integers.join(", ")} : ${INTEGERS}`);
    const sum = k.reduce("add", both, INTEGERS, "i32");
    const number = k.emit(`arith.sitofp ${sum} : i32 to f32`);
    const unit = k.emit(`arith.divf ${largest}, ${limit} : f32`);
    const scale = root === undefined
      ? unit
      : k.emit(`arith.mulf ${unit}, ${root} : f32`);
    const whole = k.emit(`arith.mulf ${number}, ${scale} : f32`);
    k.store(whole, outputs[1], [row, block]);
    k.store(scale, outputs[2], [row, block]);
    return [];
  });
}

// What a row is multiplied with to be normalized.
function emitRoot(
  k: KernelBuilder,
  input: Buffer,
  row: string,
  { range, columns, epsilon }: {
    readonly range: readonly [string, string, string];
    readonly columns: number;
    readonly epsilon: number;
  },
): string {
  const none = k.fill("0.0", FLOATS);
  const [squares] = k.loop(range, FLOATS, [none], (at, [sum]) => {
    const x = k.loadVector(input, [row, at], FLOATS);
    return [k.emit(`math.fma ${x}, ${x}, ${sum} : ${FLOATS}`)];
  }) as [string];
  const sum = k.reduce("add", squares, FLOATS, "f32");
  const share = k.fill(decimal(1 / columns), "f32");
  const mean = k.emit(`arith.mulf ${sum}, ${share} : f32`);
  const shift = k.fill(decimal(epsilon), "f32");
  const shifted = k.emit(`arith.addf ${mean}, ${shift} : f32`);
  return k.emit(`math.rsqrt ${shifted} : f32`);
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
  const groups = [zero, k.index(count), k.index(atATime)] as const;
  k.loop([first, end, one], "", [], (tile) => {
    const column = k.emit(`arith.muli ${tile}, ${k.index(TILE_ROWS)} : index`);
    k.loop(groups, "", [], (group) => {
      const rows = Array.from({ length: atATime }, (_, at) => {
        const row = k.emit(`arith.addi ${group}, ${k.index(at)} : index`);
        // Without further rows, the last one is computed again.
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
            const [sum, ofRow] = [sums, scales].map((it) =>
              k.broadcast(k.load(it, [rows[at]!, block]), "f32", FLOATS)
            );
            const number = k.emit(
              `arith.sitofp ${integer} : ${INTEGERS} to ${FLOATS}`,
            );
            const both = k.emit(`arith.mulf ${scale}, ${ofRow} : ${FLOATS}`);
            const total = k.emit(
              `math.fma ${number}, ${both}, ${totals[at]} : ${FLOATS}`,
            );
            return k.emit(`math.fma ${sum}, ${least}, ${total} : ${FLOATS}`);
          });
        },
      );
      totals.forEach((total, at) => {
        const place = [rows[at]!, column];
        const sum = plus === undefined ? total : k.emit(
          `arith.addf ${total}, ${
            k.loadVector(plus, place, FLOATS)
          } : ${FLOATS}`,
        );
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
