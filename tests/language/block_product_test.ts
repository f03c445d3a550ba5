import { compile } from "../../lib/compiler/mod.ts";
import {
  emitBlockProduct,
  emitBlockRows,
} from "../../lib/language/block_product.ts";
import { blockedShape, tileBlocks } from "../../lib/language/blocks.ts";
import { dotKind } from "../../lib/language/compile_flags.ts";
import { dequantize } from "../../lib/language/dequantize.ts";
import type { DotKind } from "../../lib/language/dot_products.ts";
import { MlirBuilder, typeOf } from "../../lib/language/mlir_builder.ts";
import { quantizeBlocks } from "../../lib/language/quantize_blocks.ts";
import { Random } from "../../lib/language/random.ts";
import { type BufferView, Instance, load } from "../../mod.ts";
import { COMPILER } from "../compiler/support.ts";
import { test } from "../support.ts";
import { assertNear } from "./support.ts";

/** A product: how many rows of activations, columns, and rows of the matrix. */
interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly size: number;
}

const PRODUCTS: readonly Product[] = [
  { rows: 1, columns: 32, size: 48 },
  { rows: 2, columns: 96, size: 16 },
  { rows: 3, columns: 33, size: 50 },
  { rows: 4, columns: 32, size: 320 },
  { rows: 7, columns: 64, size: 48 },
  { rows: 20, columns: 640, size: 1000 },
  // Several pieces with several tiles each.
  { rows: 1, columns: 96, size: 3000 },
];

const EPSILON = 1e-5;

/** Functions for all products: plain ones, and normalized ones that are added. */
function emitAll(kind: DotKind): string {
  const b = PRODUCTS.map(() => [new MlirBuilder(), new MlirBuilder()]);
  const functions = PRODUCTS.flatMap(({ rows, columns, size }, at) =>
    [false, true].map((isWhole) => {
      const builder = b[at]![isWhole ? 1 : 0]!;
      const value = (name: string, shape: readonly number[], type = "f32") => ({
        ...{ name, shape, type },
      });
      const inputs = [
        value("%x", [rows, columns]),
        value("%w", blockedShape([size, columns]), "i8"),
        value("%norm", [columns]),
        value("%plus", [rows, size]),
      ] as const;
      const [x, matrix, weight, plus] = inputs;
      const integers = isWhole
        ? emitBlockRows(builder, x, { weight, epsilon: EPSILON })
        : emitBlockRows(builder, x);
      const sums = isWhole
        ? emitBlockProduct(builder, integers, matrix, kind, plus)
        : emitBlockProduct(builder, integers, matrix, kind);
      const result = builder.columns(sums, 0, size);
      const heads = inputs.map((it) => `${it.name}: ${typeOf(it)}`).join(", ");
      return `${builder.declarations.join("\n")}\n` +
        `func.func @f${at}${isWhole}(${heads}) -> ${typeOf(result)} {\n` +
        `${builder.text}\n    return ${result.name} : ${typeOf(result)}\n}`;
    })
  );
  return functions.join("\n");
}

function floats(random: Random, count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => random.next() * 2 - 1);
}

function joined(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...pieces].flatMap((piece) => [...piece]));
}

/** Ways to multiply that this CPU has, with the target that each needs. */
function kinds(): (readonly [DotKind, string])[] {
  using _ = Instance.open();
  const best = dotKind({ target: "host" });
  const all: readonly DotKind[] = ["vnni", "avx2", "generic"];
  const here = best === "generic"
    ? ["generic"] as const
    : all.slice(all.indexOf(best));
  return here.map((kind) => [kind, kind === "generic" ? "generic" : "host"]);
}

function checkProducts(bytes: Uint8Array<ArrayBuffer>, device: string): void {
  using program = load({ modules: [bytes], device });
  const random = new Random(2);
  for (const [at, { rows, columns, size }] of PRODUCTS.entries()) {
    const x = floats(random, rows * columns);
    const norm = floats(random, columns);
    const plus = floats(random, rows * size);
    const blocks = quantizeBlocks(floats(random, size * columns), columns)!;
    const weights = dequantize("Q4_1", blocks);
    const width = weights.length / size;
    const tiles = joined(tileBlocks([blocks], columns));
    for (const isWhole of [false, true]) {
      const expected = plus.map((start, place) => {
        const [row, column] = [Math.floor(place / size), place % size];
        const inputs = x.subarray(row * columns, (row + 1) * columns);
        const squares = inputs.reduce((sum, it) => sum + it * it, 0);
        const root = Math.sqrt(squares / columns + EPSILON);
        const sum = inputs.reduce((sum, input, k) => {
          const number = isWhole ? input / root * norm[k]! : input;
          return sum + number * weights[column * width + k]!;
        }, 0);
        return sum + (isWhole ? start : 0);
      });
      using result = program.lookupFunction(`f${at}${isWhole}`).call(
        ...[x, tiles, norm, plus],
      ) as BufferView;
      const name = `${rows} rows of ${columns}, ${isWhole}, ${device}`;
      assertNear(result.toTypedArray() as Float32Array, expected, 2e-3, name);
    }
  }
}

for (const [kind, target] of kinds()) {
  test(`Products of blocks are those of numbers, computed by ${kind} code`, async () => {
    const bytes = await compile(emitAll(kind), { target, library: COMPILER });
    for (const device of ["local-sync", "local-task"]) {
      checkProducts(bytes, device);
    }
  });
}
