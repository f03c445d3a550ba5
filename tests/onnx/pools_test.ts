import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { Compiler } from "../../lib/compiler/mod.ts";
import { RECIPES } from "../../lib/tuning/mod.ts";
import { load, type NdArray } from "../../mod.ts";
import { COMPILER, testWithImporter, writeModels } from "./support.ts";

const { flags: FLAGS } = RECIPES.find(({ name }) =>
  name === "channels-last-pools-loops-wide"
)!;
const SHAPE = [2, 3, 13, 11];
const LENGTH = SHAPE.reduce((product, dim) => product * dim);

/** Programs of the model `pools`: by the default recipe, and by the recipe. */
async function compilePools(): Promise<
  [expected: Uint8Array<ArrayBuffer>, actual: Uint8Array<ArrayBuffer>]
> {
  using models = await writeModels();
  await using compiler = await Compiler.open({
    library: COMPILER,
    cache: false,
  });
  const options = { target: "generic" };
  const path = models.join("pools.onnx");
  return [
    await compiler.compile(path, options),
    await compiler.compile(path, { ...options, flags: FLAGS }),
  ];
}

const compiled: { programs?: ReturnType<typeof compilePools> } = {};

/** What both programs compute. */
async function outputs(
  data: Float32Array<ArrayBuffer>,
): Promise<[name: string, expected: NdArray, actual: NdArray][]> {
  const programs = await (compiled.programs ??= compilePools());
  const [expected, actual] = await Promise.all(programs.map(async (bytes) => {
    using program = load(bytes, { device: "local-sync" });
    const x = { elementType: "f32", shape: SHAPE, data } as const;
    return await program.run({ x });
  }));
  const names = Object.keys(expected!);
  assertEquals(Object.keys(actual!), names);
  return names.map((name) => [name, expected![name]!, actual![name]!]);
}

testWithImporter(
  "The recipe for pooling makes loops over channels the innermost",
  async () => {
    const programs = await (compiled.programs ??= compilePools());
    const [standard, recipe] = programs
      .map((bytes) => new TextDecoder("latin1").decode(bytes));
    // Names of dispatches have the sizes of loops: 8 channels, 6x5 windows of 2x2.
    assertMatch(standard!, /_Dx8x6x5x2x2_f32/);
    assertMatch(recipe!, /_Dx6x5x8x2x2_f32/);
  },
);

testWithImporter(
  "The recipe for pooling computes every kind, for any number of rows",
  async () => {
    const data = Float32Array.from(
      { length: LENGTH },
      (_, at) => 8 * Math.sin(at * at),
    );
    for (const [name, expected, actual] of await outputs(data)) {
      assertEquals(actual.shape, expected.shape, name);
      const numbers = Array.from(expected.data, Number);
      const limit = 1e-5 * Math.max(...numbers.map(Math.abs));
      assertLess(0, limit, name);
      for (const [at, value] of actual.data.entries()) {
        assertLess(Math.abs(Number(value) - numbers[at]!), limit, name);
      }
    }
  },
);

testWithImporter(
  "The recipe for pooling keeps NaN and infinities",
  async () => {
    const data = Float32Array.from({ length: LENGTH }, (_, at) => at % 7);
    data.set([NaN], 0);
    data.set([Infinity], 500);
    data.set([-Infinity], 700);
    const kindsOf = ({ data }: NdArray) =>
      Array.from(data, Number)
        .map((it) => Number.isFinite(it) ? "finite" : String(it));
    const all = await outputs(data);
    for (const [name, expected, actual] of all) {
      assertEquals(kindsOf(actual), kindsOf(expected), name);
    }
    const found = new Set(all.flatMap(([, expected]) => kindsOf(expected)));
    assertEquals([...found].sort(), ["-Infinity", "Infinity", "NaN", "finite"]);
  },
);
