import { BLOCK_COLUMNS } from "./blocks.ts";
import { PARTS } from "./integer_product.ts";
import type { Buffer, KernelBuilder } from "./kernel_builder.ts";
import { TILE_ROWS } from "./tiles.ts";

/**
 * How a CPU multiplies integers: with AVX-512 VNNI, with AVX2, or with whatever
 * the compiler makes of it.
 */
export type DotKind = "vnni" | "avx2" | "generic";

/** How many rows of activations share a block: as many as registers have place for. */
export const ROWS_AT_A_TIME: Readonly<Record<DotKind, number>> = {
  vnni: 4,
  avx2: 2,
  generic: 2,
};

const BYTES = "vector<64xi8>";
const INTEGERS = "vector<16xi32>";

/** What is multiplied. */
export interface DotInputs {
  /** Activations: rows, high and low parts, four columns at a time. */
  readonly parts: Buffer;
  /** The matrix. */
  readonly matrix: Buffer;
  /** Which rows of the activations. */
  readonly rows: readonly string[];
  /** Which blocks of the matrix. */
  readonly place: readonly string[];
}

/**
 * Emits the products of rows with the blocks of a tile.
 *
 * @param k Where to.
 * @param kind How.
 * @param inputs The rows and the blocks.
 * @returns For each row, the sums of the products with the rows of the tile.
 */
export function emitDots(
  k: KernelBuilder,
  kind: DotKind,
  { parts, matrix, rows, place }: DotInputs,
): readonly string[] {
  const mask = k.fill("15", BYTES);
  const four = k.fill("4", "vector<32xi16>");
  const count = k.index(BLOCK_COLUMNS / 4);
  const base = k.emit(`arith.muli ${place[1]}, ${count} : index`);
  const dots = new Dots(k, kind);
  const sums = rows.map(() => dots.zeros());
  for (let part = 0; part < 4; part++) {
    const at = k.index(part * TILE_ROWS * 4);
    const bytes = k.loadVector(matrix, [...place, at], BYTES);
    const low = k.emit(`arith.andi ${bytes}, ${mask} : ${BYTES}`);
    const pairs = k.cast(bytes, BYTES, "vector<32xi16>");
    const shifted = k.emit(`arith.shrui ${pairs}, ${four} : vector<32xi16>`);
    const above = k.cast(shifted, "vector<32xi16>", BYTES);
    const high = k.emit(`arith.andi ${above}, ${mask} : ${BYTES}`);
    [low, high].forEach((weights, half) => {
      const offset = k.index(part + half * 4);
      const column = k.emit(`arith.addi ${base}, ${offset} : index`);
      rows.forEach((row, at) => {
        const four = [0, 1].map((which) =>
          k.load(parts, [row, k.index(which), column])
        ) as [string, string];
        sums[at] = dots.add(sums[at]!, weights, four);
      });
    });
  }
  return sums.map((sum) => dots.total(sum));
}

/** Sums of products of four neighbors. */
class Dots {
  readonly #k: KernelBuilder;
  readonly #kind: DotKind;

  constructor(k: KernelBuilder, kind: DotKind) {
    this.#k = k;
    this.#kind = kind;
  }

  /** Sums for the high and the low parts, or for both. */
  zeros(): readonly string[] {
    const zero = this.#k.fill("0", INTEGERS);
    return this.#kind === "generic" ? [zero] : [zero, zero];
  }

  /**
   * Adds products.
   *
   * @param sums The sums so far.
   * @param weights Four integers of 4 bits for each row of a tile.
   * @param parts Four high parts and four low ones.
   */
  add(
    sums: readonly string[],
    weights: string,
    parts: readonly [string, string],
  ): readonly string[] {
    if (this.#kind === "generic") {
      return [this.#multiply(sums[0]!, weights, parts)];
    }
    return parts.map((part, at) => {
      return this.#kind === "vnni"
        ? this.#multiplyVnni(sums[at]!, weights, part)
        : this.#multiplyAvx2(sums[at]!, weights, part);
    });
  }

  /** The sum of the products with both parts. */
  total([high, low]: readonly string[]): string {
    if (low === undefined) return high!;
    const bits = this.#k.fill(`${Math.log2(PARTS)}`, INTEGERS);
    const more = this.#k.emit(`arith.shli ${high}, ${bits} : ${INTEGERS}`);
    return this.#k.emit(`arith.addi ${more}, ${low} : ${INTEGERS}`);
  }

  #multiplyVnni(sum: string, weights: string, part: string): string {
    const all = this.#k.broadcast(part, "i32", INTEGERS);
    const bytes = this.#k.cast(all, INTEGERS, BYTES);
    return this.#call(
      "x86.avx512.vpdpbusd.512",
      [sum, weights, bytes],
      [INTEGERS, BYTES, BYTES],
      INTEGERS,
    );
  }

  // Half of the rows at a time: sums of pairs of 16 bits, and of these.
  #multiplyAvx2(sum: string, weights: string, part: string): string {
    const k = this.#k;
    const narrow = "vector<32xi8>";
    const pairs = "vector<16xi16>";
    const integers = "vector<8xi32>";
    const ones = k.fill("1", pairs);
    const all = k.broadcast(part, "i32", integers);
    const bytes = k.cast(all, integers, narrow);
    const [first, second] = [0, 32].map((start) => {
      const lanes = Array.from({ length: 32 }, (_, at) => start + at);
      const products = this.#call(
        "x86.avx2.pmadd.ub.sw",
        [k.shuffle(weights, weights, BYTES, lanes), bytes],
        [narrow, narrow],
        pairs,
      );
      return this.#call(
        "x86.avx2.pmadd.wd",
        [products, ones],
        [pairs, pairs],
        integers,
      );
    }) as [string, string];
    const lanes = Array.from({ length: TILE_ROWS }, (_, at) => at);
    const sums = k.shuffle(first, second, integers, lanes);
    return k.emit(`arith.addi ${sum}, ${sums} : ${INTEGERS}`);
  }

  // One column of each row at a time.
  #multiply(
    sum: string,
    weights: string,
    [high, low]: readonly [string, string],
  ): string {
    const k = this.#k;
    const words = k.cast(weights, BYTES, INTEGERS);
    const mask = k.fill("15", INTEGERS);
    const bits = k.fill(`${Math.log2(PARTS)}`, "i32");
    const last = k.fill("24", "i32");
    let result = sum;
    for (let byte = 0; byte < 4; byte++) {
      const shift = k.fill(`${byte * 8}`, INTEGERS);
      const moved = k.emit(`arith.shrui ${words}, ${shift} : ${INTEGERS}`);
      const weight = k.emit(`arith.andi ${moved}, ${mask} : ${INTEGERS}`);
      // Left, and right again with the sign.
      const left = k.fill(`${24 - byte * 8}`, "i32");
      const [more, less] = [high, low].map((four) => {
        const first = k.emit(`arith.shli ${four}, ${left} : i32`);
        return k.emit(`arith.shrsi ${first}, ${last} : i32`);
      });
      const scaled = k.emit(`arith.shli ${more}, ${bits} : i32`);
      const number = k.emit(`arith.addi ${scaled}, ${less} : i32`);
      const all = k.broadcast(number, "i32", INTEGERS);
      const product = k.emit(`arith.muli ${weight}, ${all} : ${INTEGERS}`);
      result = k.emit(`arith.addi ${result}, ${product} : ${INTEGERS}`);
    }
    return result;
  }

  #call(
    name: string,
    inputs: readonly string[],
    types: readonly string[],
    result: string,
  ): string {
    return this.#k.emit(
      `llvm.call_intrinsic "llvm.${name}"(${inputs.join(", ")}) : ` +
        `(${types.join(", ")}) -> ${result}`,
    );
  }
}
