/**
 * Products of rows with matrices, for the tests of kernels.
 *
 * @module
 */

import { compile, type CompileOptions } from "../../lib/compiler/mod.ts";
import { withTarget } from "../../lib/compiler/target.ts";
import type { Random } from "../../lib/language/random.ts";
import { cached, mustRun, tool } from "../support.ts";

/** The platform of `./dev test --platform`, which cannot load the compiler. */
const TRIPLE = Deno.env.get("DEV_PROGRAM_TARGET");

const COMPILER = TRIPLE === undefined
  ? (await import("../compiler/support.ts")).COMPILER
  : undefined;

/** A product: how many rows of activations, columns, and rows of the matrix. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly size: number;
}

/** What normalization adds to the mean of squares. */
export const EPSILON = 1e-5;

/** What a product is computed of, beside the matrix. */
export interface ProductInputs {
  /** The activations. */
  readonly x: Float32Array<ArrayBuffer>;
  /** Weights of the normalization. */
  readonly norm: Float32Array<ArrayBuffer>;
  /** What a normalized product is added to. */
  readonly plus: Float32Array<ArrayBuffer>;
}

/** Numbers between -1 and 1. */
export function floats(
  random: Random,
  count: number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => random.next() * 2 - 1);
}

/** Inputs of a product. */
export function randomInputs(
  random: Random,
  { rows, columns, size }: Product,
): ProductInputs {
  return {
    x: floats(random, rows * columns),
    norm: floats(random, columns),
    plus: floats(random, rows * size),
  };
}

/**
 * Computes a product in plain numbers.
 *
 * @param weight A number of the matrix, by its row and column.
 * @param isWhole Whether the activations are normalized, and the sums added.
 */
export function plainProduct(
  { columns, size }: Product,
  { x, norm, plus }: ProductInputs,
  weight: (row: number, column: number) => number,
  isWhole: boolean,
): Float32Array {
  return plus.map((start, place) => {
    const [row, column] = [Math.floor(place / size), place % size];
    const inputs = x.subarray(row * columns, (row + 1) * columns);
    const squares = inputs.reduce((sum, it) => sum + it * it, 0);
    const root = Math.sqrt(squares / columns + EPSILON);
    const sum = inputs.reduce((sum, input, k) => {
      const number = isWhole ? input / root * norm[k]! : input;
      return sum + number * weight(column, k);
    }, 0);
    return sum + (isWhole ? start : 0);
  });
}

/**
 * Compiles products, for this machine or for the platform under test.
 *
 * @param source MLIR.
 * @param options The target on this machine, and flags.
 */
export async function compileProducts(
  source: string,
  { target, flags = [] }: Pick<CompileOptions, "target" | "flags">,
): Promise<Uint8Array<ArrayBuffer>> {
  if (TRIPLE === undefined) {
    return await compile(source, { target, flags, library: COMPILER });
  }
  const all = withTarget(TRIPLE, flags);
  const path = await cached("products.vmfb", [source, ...all], async (to) => {
    const stdin = new TextEncoder().encode(source);
    await mustRun(tool("iree-compile"), [...all, "-", "-o", to], { stdin });
  });
  return await Deno.readFile(path);
}
