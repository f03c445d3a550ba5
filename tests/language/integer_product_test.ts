import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  emitIntegerProduct,
  emitIntegerRows,
} from "../../lib/language/integer_product.ts";
import { kernelFlags } from "../../lib/language/compile_flags.ts";
import { MlirBuilder, typeOf } from "../../lib/language/mlir_builder.ts";
import { quantizeRows } from "../../lib/language/quantize.ts";
import { Random } from "../../lib/language/random.ts";
import { tiledShape, tileRows } from "../../lib/language/tiles.ts";
import { type BufferView, Instance, IreeError, load } from "../../mod.ts";
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
  { rows: 2, columns: 32, size: 16 },
  { rows: 3, columns: 33, size: 50 },
  { rows: 4, columns: 32, size: 320 },
  { rows: 8, columns: 64, size: 48 },
  { rows: 20, columns: 64, size: 48 },
];

/** Functions for all products: plain ones, and normalized ones that are added. */
function emitAll(): string {
  const functions = PRODUCTS.flatMap(({ rows, columns, size }, at) =>
    [false, true].map((isWhole) => {
      const b = new MlirBuilder();
      const [blocks, ...tile] = tiledShape([size, columns]);
      const value = (name: string, shape: readonly number[], type = "f32") => ({
        ...{ name, shape, type },
      });
      const inputs = [
        value("%x", [rows, columns]),
        value("%w", [blocks, ...tile], "i8"),
        value("%s", [blocks, tile[1]]),
        value("%norm", [columns]),
        value("%plus", [rows, size]),
      ] as const;
      const [x, matrix, scales, norm, plus] = inputs;
      const integers = isWhole
        ? emitIntegerRows(b, x, { weight: norm, epsilon: EPSILON })
        : emitIntegerRows(b, x);
      const sums = isWhole
        ? emitIntegerProduct(b, integers, matrix, scales, plus)
        : emitIntegerProduct(b, integers, matrix, scales);
      const result = b.columns(sums, 0, size);
      const heads = inputs.map((it) => `${it.name}: ${typeOf(it)}`).join(", ");
      return `func.func @f${at}${isWhole}(${heads}) -> ${typeOf(result)} {\n` +
        `${b.text}\n    return ${result.name} : ${typeOf(result)}\n}`;
    })
  );
  return functions.join("\n");
}

for (const target of ["generic", "host"]) {
  test(`Products of integers for the target ${target} are those of numbers`, async () => {
    using _ = Instance.open(); // flags depend on the CPU
    const flags = kernelFlags("int8", { target });
    using program = load({
      modules: [await compileProducts(emitAll(), { target, flags })],
      device: "local-sync",
    });
    const random = new Random(2);
    for (const [at, product] of PRODUCTS.entries()) {
      const { rows, columns, size } = product;
      const inputs = randomInputs(random, product);
      const [blocks, pairs, height, width] = tiledShape([size, columns]);
      const scales = new Float32Array(blocks * height);
      const integers = quantizeRows(
        floats(random, size * columns),
        columns,
        scales.subarray(0, size),
      );
      const tiles = new Int8Array(blocks * pairs * height * width);
      let end = 0;
      for (const piece of tileRows([integers], columns)) {
        tiles.set(new Int8Array(piece.buffer), end);
        end += piece.length;
      }
      const weight = (row: number, column: number) =>
        integers[row * columns + column]! * scales[row]!;
      for (const isWhole of [false, true]) {
        const expected = plainProduct(product, inputs, weight, isWhole);
        using result = program.lookupFunction(`f${at}${isWhole}`).call(
          ...[inputs.x, tiles, scales, inputs.norm, inputs.plus],
        ) as BufferView;
        const name = `${rows} rows of ${columns}, ${isWhole}`;
        assertNear(result.toTypedArray() as Float32Array, expected, 1e-3, name);
      }
    }
  });
}

test("Flags for integers depend on the CPU, and do not override the caller's", () => {
  using _ = Instance.open();
  const flags = ["--iree-opt-level=O2"];
  assertEquals(kernelFlags("f32", { flags }), flags);
  assertEquals(kernelFlags("int8", { target: "generic", flags }), [
    ...flags,
    "--iree-llvmcpu-enable-ukernels=none",
  ]);
  assertMatch(kernelFlags("int8").join(), /-ukernels=(?:default|none)$/);
  const error = assertThrows(
    () =>
      kernelFlags("int8", { flags: ["--iree-llvmcpu-enable-ukernels=all"] }),
    IreeError,
    "compile.flags must not have --iree-llvmcpu-enable-ukernels",
  );
  assertEquals(error.code, "INVALID_ARGUMENT");
});
