/**
 * Measures products of rows with a matrix of 4 bits in blocks, as GGUF files have
 * it, beside our integers of 8 bits, by hand:
 *
 *     ./dev deno run -A bench/language/blocks.ts
 *
 * The matrix does not fit caches. One thread; the shortest times. The kernels are
 * those of this CPU, and those of others that it can run.
 *
 * @module
 */

import { compile } from "../../lib/compiler/mod.ts";
import {
  emitBlockProduct,
  emitBlockRows,
} from "../../lib/language/block_product.ts";
import { blockedShape } from "../../lib/language/blocks.ts";
import { dotKind, kernelFlags } from "../../lib/language/compile_flags.ts";
import type { DotKind } from "../../lib/language/dot_products.ts";
import {
  emitIntegerProduct,
  emitIntegerRows,
} from "../../lib/language/integer_product.ts";
import {
  MlirBuilder,
  typeOf,
  type Value,
} from "../../lib/language/mlir_builder.ts";
import { tiledShape } from "../../lib/language/tiles.ts";
import { BufferView, Device, Instance, load } from "../../mod.ts";

const ROWS = 147_456;
const COLUMNS = 576;

/** Rows that lie side by side, so that vectors run over them. */
const SIDE = 32;
const TILES = ROWS / SIDE;
const BLOCKS = COLUMNS / 32;

/** A tensor that a program reads. */
interface Input {
  readonly shape: readonly number[];
  readonly type: "f32" | "f16" | "i16" | "i8";
}

/** A function of a source, and its inputs. */
type Source = readonly [string, readonly Input[]];

/** A product of so many rows, with rounding them to integers. */
function product(
  inputs: readonly Input[],
  emit: (b: MlirBuilder, values: readonly Value[]) => Value,
): Source {
  const b = new MlirBuilder();
  const values = inputs.map((it, at) => ({ ...it, name: `%i${at}` }));
  const sums = emit(b, values);
  const heads = values.map((it) => `${it.name}: ${typeOf(it)}`);
  const text = `${b.declarations.join("\n")}\n` +
    `func.func @f(${heads.join(", ")}) -> ${typeOf(sums)} {\n` +
    `${b.text}\nreturn ${sums.name} : ${typeOf(sums)} }`;
  return [text, inputs];
}

function integers(count: number): Source {
  const [tiles, ...tile] = tiledShape([ROWS, COLUMNS]);
  const inputs: readonly Input[] = [
    { shape: [count, COLUMNS], type: "f32" },
    { shape: [tiles, ...tile], type: "i8" },
    { shape: [tiles, tile[1]], type: "f32" },
  ];
  return product(
    inputs,
    (b, [rows, matrix, scales]) =>
      emitIntegerProduct(b, emitIntegerRows(b, rows!), matrix!, scales!),
  );
}

function kernel(count: number, kind: DotKind): Source {
  const inputs: readonly Input[] = [
    { shape: [count, COLUMNS], type: "f32" },
    { shape: blockedShape([ROWS, COLUMNS]), type: "i8" },
  ];
  return product(
    inputs,
    (b, [rows, matrix]) =>
      emitBlockProduct(b, emitBlockRows(b, rows!), matrix!, kind),
  );
}

/**
 * Blocks in generated code. A byte has a number of each half of a block; sums of a
 * half fit 16 bits, since the row has 8 bits. The row is not rounded first.
 */
function blocks(): Source {
  const inputs: readonly Input[] = [
    { shape: [BLOCKS, 16], type: "i16" },
    { shape: [BLOCKS, 16], type: "i16" },
    { shape: [TILES, BLOCKS, 16, SIDE], type: "i8" },
    { shape: [TILES, BLOCKS, SIDE], type: "f16" },
  ];
  const [half, , matrix, scales] = inputs.map((it) =>
    typeOf({ ...it, name: "" } as Parameters<typeof typeOf>[0])
  );
  const sums = `tensor<${TILES}x${BLOCKS}x${SIDE}xi16>`;
  const result = `tensor<${TILES}x${SIDE}xf32>`;
  const map = (letters: string) => `affine_map<(t, b, i, k) -> (${letters})>`;
  const flat = (letters: string) => `affine_map<(t, i, b) -> (${letters})>`;
  const text = `
func.func @f(%left: ${half}, %right: ${half}, %matrix: ${matrix},
             %scales: ${scales}) -> ${result} {
  %zero = arith.constant 0 : i16
  %none = arith.constant 0.0 : f32
  %empty = tensor.empty() : ${sums}
  %zeros = linalg.fill ins(%zero : i16) outs(%empty : ${sums}) -> ${sums}
  %halves:2 = linalg.generic {indexing_maps = [${map("b, k")}, ${map("b, k")},
      ${map("t, b, k, i")}, ${map("t, b, i")}, ${map("t, b, i")}],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%left, %right, %matrix : ${half}, ${half}, ${matrix})
      outs(%zeros, %zeros : ${sums}, ${sums}) {
  ^bb0(%a: i16, %b: i16, %byte: i8, %sumA: i16, %sumB: i16):
    %mask = arith.constant 15 : i8
    %four = arith.constant 4 : i8
    %low = arith.andi %byte, %mask : i8
    %high = arith.shrui %byte, %four : i8
    %x = arith.extui %low : i8 to i16
    %y = arith.extui %high : i8 to i16
    %ax = arith.muli %a, %x : i16
    %by = arith.muli %b, %y : i16
    %nextA = arith.addi %sumA, %ax : i16
    %nextB = arith.addi %sumB, %by : i16
    linalg.yield %nextA, %nextB : i16, i16
  } -> (${sums}, ${sums})
  %emptyResult = tensor.empty() : ${result}
  %start = linalg.fill ins(%none : f32) outs(%emptyResult : ${result}) -> ${result}
  %all = linalg.generic {indexing_maps = [${flat("t, b, i")}, ${
    flat("t, b, i")
  }, ${flat("t, b, i")}, ${flat("t, i")}],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%halves#0, %halves#1, %scales : ${sums}, ${sums}, ${scales})
      outs(%start : ${result}) {
  ^bb0(%a: i16, %b: i16, %scale: f16, %sum: f32):
    %x = arith.extsi %a : i16 to i32
    %y = arith.extsi %b : i16 to i32
    %xy = arith.addi %x, %y : i32
    %number = arith.sitofp %xy : i32 to f32
    %factor = arith.extf %scale : f16 to f32
    %scaled = arith.mulf %number, %factor : f32
    %next = arith.addf %sum, %scaled : f32
    linalg.yield %next : f32
  } -> ${result}
  return %all : ${result}
}`;
  return [text, inputs];
}

async function measure(
  [source, inputs]: Source,
  rounds: number,
  flags: readonly string[] = [],
): Promise<number> {
  const bytes = await compile(source, { flags });
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using program = load({ modules: [bytes], device });
  using stack = new DisposableStack();
  const views = inputs.map(({ type, shape }) =>
    stack.use(BufferView.zeros(device, type, shape))
  );
  using call = program.lookupFunction("f").bind(...views);
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    call.run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

using _ = Instance.open(); // flags and kernels depend on the CPU
const KINDS: readonly DotKind[] = ["vnni", "avx2", "generic"];
const kinds = KINDS.slice(KINDS.indexOf(dotKind()));
for (const [count, rounds] of [[1, 100], [64, 10]] as const) {
  const ours = await measure(integers(count), rounds, kernelFlags("int8"));
  const print = (name: string, time: number) =>
    console.log(
      `${count} rows, ${name}: ${time.toFixed(2)} ms, ` +
        `${(time / ours).toFixed(2)} of int8`,
    );
  print("int8", ours);
  for (const kind of kinds) {
    print(`int4, ${kind} kernel`, await measure(kernel(count, kind), rounds));
  }
  if (count === 1) {
    print("4 bits, code that IREE made", await measure(blocks(), rounds));
  }
}
