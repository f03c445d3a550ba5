import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { compile, PHASES } from "../../lib/compiler/mod.ts";
import { WIDE_TILES, widenTiles } from "../../lib/compiler/wide_tiles.ts";
import { load } from "../../mod.ts";
import { compileErrorOf, COMPILER, fixture } from "./support.ts";
import { failureOf, test } from "../support.ts";

const OPTIONS = { library: COMPILER, cache: false } as const;

/** A convolution of 12x24 pixels from 3 to 32 channels, and a Relu. */
const CONVOLUTION = `
func.func @conv(%x: tensor<1x14x26x3xf32>, %w: tensor<3x3x3x32xf32>) -> tensor<1x12x24x32xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x12x24x32xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x12x24x32xf32>) -> tensor<1x12x24x32xf32>
  %sums = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<1x14x26x3xf32>, tensor<3x3x3x32xf32>)
    outs(%init : tensor<1x12x24x32xf32>) -> tensor<1x12x24x32xf32>
  %zeros = arith.constant dense<0.0> : tensor<1x12x24x32xf32>
  %y = arith.maximumf %sums, %zeros : tensor<1x12x24x32xf32>
  return %y : tensor<1x12x24x32xf32>
}`;

for (const isolate of [true, false]) {
  const where = isolate ? "in a child process" : "in this process";

  test(`Wide tiles compute the same, compiled ${where}`, async () => {
    const x = Float32Array.from(
      { length: 14 * 26 * 3 },
      (_, at) => at * at % 13 - 6,
    );
    const w = Float32Array.from(
      { length: 9 * 3 * 32 },
      (_, at) => at * at % 11 - 5,
    );
    const run = async (flags: readonly string[]) => {
      const phases: string[] = [];
      const bytes = await compile(CONVOLUTION, {
        ...OPTIONS,
        ...{ target: "generic", isolate, flags },
        onPhase: (phase) => phases.push(phase),
      });
      assertEquals(phases, [...PHASES]);
      using program = load(bytes, { device: "local-sync" });
      return program.lookupFunction("conv").compute(x, w) as Float32Array;
    };
    const expected = await run([]);
    // Integers, so that the order of additions does not matter.
    assert(new Set(expected).size > 20);
    assertEquals(await run([WIDE_TILES]), expected);
  });
}

test("Wide tiles change only programs with convolutions", async () => {
  const compileWith = async (source: string, ...flags: string[]) =>
    await compile(source, {
      ...OPTIONS,
      flags: [
        "--iree-hal-target-backends=llvm-cpu",
        "--iree-llvmcpu-target-triple=x86_64-unknown-linux-gnu",
        "--iree-llvmcpu-target-cpu=x86-64-v4",
        ...flags,
      ],
    });
  const mul = await Deno.readTextFile(fixture("mul.mlir"));
  assertEquals(await compileWith(mul, WIDE_TILES), await compileWith(mul));
  assertNotEquals(
    await compileWith(CONVOLUTION, WIDE_TILES),
    await compileWith(CONVOLUTION),
  );
});

test("With wide tiles, errors are those of the source", async () => {
  const attempt = (flags: readonly string[]) =>
    compileErrorOf(
      compile("func.func @f() { return 1 }", {
        ...OPTIONS,
        ...{ target: "generic", flags },
      }),
    );
  const [standard, wide] = [await attempt([]), await attempt([WIDE_TILES])];
  assertEquals(wide.message, standard.message);
});

test("Wide tiles of a source that is too large are rejected", async () => {
  const flags = [WIDE_TILES];
  const large = new Uint8Array(65 * 1024 * 1024);
  const error = await failureOf(compile(large, { ...OPTIONS, flags }));
  assertEquals(error.code, "UNIMPLEMENTED");
  assertMatch(error.message, /for sources of up to 67108864 bytes/);
});

const config = (...sizes: string[]) =>
  sizes.map((it) => `lowering_config = #iree_cpu.lowering_config<${it}>\n`);

/** MLIR of functions with sizes of tiles, for vectors of some bytes. */
function configured(bytes: number, ...functions: string[][]): string {
  return `native_vector_size = ${bytes} : i64\n` +
    functions.map((it) => `  func.func @f() {\n${config(...it).join("")}  }\n`)
      .join("");
}

function sums(columns: number, outputs: number, tile: string): string {
  return `distribution = [0, 4, ${columns}, ${outputs}, 0, 0, 0], ` +
    `vector_common_parallel = [1, 1, ${tile}, 0, 0, 0], ` +
    "vector_reduction = [0, 0, 0, 0, 1, 1, 8]";
}

const after = (tile: string) => `vector_common_parallel = [1, 1, ${tile}]`;

function widened(mlir: string): string | undefined {
  const wide = widenTiles(new TextEncoder().encode(mlir));
  return wide && new TextDecoder().decode(wide);
}

Deno.test("Tiles are widened to the registers for sums, in their function only", () => {
  const cases = [
    // Two vectors of channels if there are as many, and more pixels.
    [64, 20, 64, "5, 16", "10, 32"],
    [64, 32, 32, "8, 16", "8, 32"],
    [64, 64, 16, "8, 16", "16, 16"],
    [64, 44, 8, "4, 8", "11, 8"],
    [32, 20, 64, "5, 8", "5, 16"],
  ] as const;
  for (const [bytes, columns, outputs, tile, wide] of cases) {
    const other = [after(tile)];
    const make = (tile: string) =>
      configured(
        bytes,
        other,
        [after(tile), sums(columns, outputs, tile), after(tile)],
        other,
      );
    assertEquals(widened(make(tile)), make(wide));
  }
});

Deno.test("Tiles that are wide, and those of other operations, remain", () => {
  const product = "distribution = [64, 64, 0], vector_common_parallel = " +
    "[8, 16, 0], vector_reduction = [0, 0, 16]";
  const kept = [
    configured(64, [sums(24, 32, "12, 32"), after("12, 32")]),
    configured(64, [sums(7, 16, "7, 16")]),
    configured(64, [product, after("8, 16")]),
    configured(64, [sums(20, 64, "5, 16")]).replace("native", "no"),
  ];
  for (const mlir of kept) assertEquals(widened(mlir), undefined);
});
