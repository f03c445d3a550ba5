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
import { test } from "../support.ts";
import { assertNear } from "./near.ts";
import {
  compileProducts,
  EPSILON,
  floats,
  plainProduct,
  type Product,
  randomInputs,
} from "./products.ts";

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
  for (const [at, product] of PRODUCTS.entries()) {
    const { rows, columns, size } = product;
    const inputs = randomInputs(random, product);
    const blocks = quantizeBlocks(floats(random, size * columns), columns)!;
    const weights = dequantize("Q4_1", blocks);
    const width = weights.length / size;
    const tiles = joined(tileBlocks([blocks], columns));
    const weight = (row: number, column: number) =>
      weights[row * width + column]!;
    for (const isWhole of [false, true]) {
      const expected = plainProduct(product, inputs, weight, isWhole);
      using result = program.lookupFunction(`f${at}${isWhole}`).call(
        ...[inputs.x, tiles, inputs.norm, inputs.plus],
      ) as BufferView;
      const name = `${rows} rows of ${columns}, ${isWhole}, ${device}`;
      assertNear(result.toTypedArray() as Float32Array, expected, 2e-3, name);
    }
  }
}

for (const [kind, target] of kinds()) {
  test(`Products of blocks are those of numbers, computed by ${kind} code`, async () => {
    const bytes = await compileProducts(emitAll(kind), { target });
    for (const device of ["local-sync", "local-task"]) {
      checkProducts(bytes, device);
    }
  });
}
