import { assert, assertEquals, assertLess } from "@std/assert";
import { compileProgram, importOnnx } from "../../lib/compiler/mod.ts";
import { load } from "../../mod.ts";
import { failureOf, test } from "../support.ts";
import { COMPILER, testWithImporter, writeModels } from "./support.ts";

const models = await writeModels();
globalThis.addEventListener("unload", () => models[Symbol.dispose]());

const options = { library: COMPILER, cache: false, target: "generic" };
const UNCLEAN = models.join("unclean.onnx");
const SHAPES = { x: [2, 3, 4, 5] };
const X = Float32Array.from({ length: 120 }, (_, at) => Math.sin(at));

const SOUND = Float32Array.from({ length: 3001 }, (_, at) => Math.sin(at * at));

/** What a program computes, and what was said about its model. */
async function result(
  clean: boolean,
): Promise<{ data: Float32Array; shape: readonly number[]; said: string[] }> {
  const said: string[] = [];
  const { bytes } = await compileProgram(UNCLEAN, {
    ...options,
    clean,
    shapes: SHAPES,
    onDiagnostic: ({ severity, message }) =>
      said.push(`${severity}: ${message}`),
  });
  using program = load(bytes, { device: "local-sync" });
  const { y } = await program.run({ x: X });
  return { data: y!.data as Float32Array, shape: y!.shape, said };
}

testWithImporter(
  "A cleaned model computes the same, and what was done is said",
  async () => {
    const [written, cleaned] = [await result(false), await result(true)];
    assertEquals(written.said, []);
    assertEquals(cleaned.said, [
      "remark: cleaned: 1 constant nodes folded, ConvTranspose as 1x1 Conv (1), " +
      "Pad(reflect) as Gather (1)",
    ]);
    assertEquals(written.shape, [2, 4, 12, 12]);
    assertEquals(cleaned.shape, written.shape);
    const largest = Math.max(...written.data.map(Math.abs));
    assert(largest > 1);
    for (const [at, value] of written.data.entries()) {
      assertLess(Math.abs(value - cleaned.data[at]!), 1e-5 * largest);
    }
  },
);

testWithImporter(
  "Cleaning leaves what it cannot prove: dynamic sizes, and nodes that remain",
  async () => {
    const model = await importOnnx(UNCLEAN, { library: COMPILER });
    // The size of a padded axis is not known.
    assertEquals(model.cleaned, [
      "1 constant nodes folded",
      "ConvTranspose as 1x1 Conv (1)",
    ]);
    assertEquals(
      model.nodes.map(([operator]) => operator),
      ["Conv", "DepthToSpace", "Pad"],
    );
    const plain = await importOnnx(models.join("names.onnx"), {
      library: COMPILER,
    });
    assertEquals(plain.cleaned, []);
  },
);

testWithImporter(
  "Convolutions of one row compute the same as products",
  async () => {
    const results = [];
    for (const clean of [false, true]) {
      const said: string[] = [];
      const { bytes } = await compileProgram(models.join("rows.onnx"), {
        ...options,
        clean,
        onDiagnostic: ({ message }) => said.push(message),
      });
      // Five of eleven; the others are not of one row, or would not be faster.
      assertEquals(
        said.filter((it) => it.includes("one-row Conv as MatMul (5)")).length,
        clean ? 1 : 0,
      );
      using program = load(bytes, { device: "local-sync" });
      results.push(await program.run({ x: SOUND, batch: SOUND.slice(0, 400) }));
    }
    const [written, cleaned] = results;
    assertEquals(written!.fine!.shape, [1, 5, 1, 2938]);
    assertEquals(written!.one!.shape, [1, 4, 990]);
    for (const [name, { data, shape }] of Object.entries(written!)) {
      assertEquals(cleaned![name]!.shape, shape, name);
      const found = cleaned![name]!.data as Float32Array;
      const largest = Math.max(...(data as Float32Array).map(Math.abs));
      assert(largest > 1, name);
      for (const [at, value] of (data as Float32Array).entries()) {
        assertLess(Math.abs(value - found[at]!), 1e-5 * largest, name);
      }
    }
  },
);

testWithImporter(
  "Convolutions become products where IREE has their operators",
  async () => {
    for (const [opset, cleaned] of [[12, 0], [13, 1]] as const) {
      const path = models.join(`rows${opset}.onnx`);
      const model = await importOnnx(path, { library: COMPILER });
      assertEquals(model.cleaned.length, cleaned);
      const said: string[] = [];
      await compileProgram(path, {
        ...options,
        onDiagnostic: ({ severity }) => said.push(severity),
      });
      assertEquals(said, Array(cleaned).fill("remark"));
    }
  },
);

test("clean must be a boolean", async () => {
  const error = await failureOf(
    importOnnx(UNCLEAN, { clean: "yes" as never }),
  );
  assertEquals(error.detail, "clean must be a boolean, got a string");
});
