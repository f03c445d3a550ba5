import {
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
} from "@std/assert";
import { compileProgram, importOnnx } from "../../lib/compiler/mod.ts";
import { load, type NdArray } from "../../mod.ts";
import { failureOf } from "../support.ts";
import { COMPILER, testWithImporter, writeModels } from "./support.ts";

const models = await writeModels();
globalThis.addEventListener("unload", () => models[Symbol.dispose]());

const options = { library: COMPILER, cache: false };

/** The output `y` of a model, which is compiled as written. */
async function output(
  model: string,
  inputs: Record<string, NdArray | Float32Array | boolean>,
  target = "generic",
): Promise<NdArray> {
  const { bytes } = await compileProgram(models.join(`${model}.onnx`), {
    ...options,
    clean: false,
    target,
  });
  using program = load(bytes, { device: "local-sync" });
  const { y } = await program.run(inputs);
  return y!;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

testWithImporter(
  "A Cast to unsigned bytes is the same for every CPU",
  async () => {
    // Enough elements for vectors and for what remains after them.
    const x = Float32Array.from({ length: 259 }, (_, at) => at % 256 + 0.5);
    const expected = Array.from(x, Math.floor);
    for (const target of ["generic", "host"] as const) {
      const { data, elementType } = await output("bytes", { x }, target);
      assertEquals(elementType, "ui8");
      assertEquals(Array.from(data, Number), expected);
    }
  },
);

testWithImporter("A Cast in a branch is corrected, too", async () => {
  const model = await importOnnx(models.join("branch.onnx"), {
    library: COMPILER,
  });
  const casts = text(model.mlir).match(/onnx\.Cast/g);
  assertEquals(casts?.length, 4);
});

testWithImporter("DepthToSpace rearranges blocks in the mode CRD", async () => {
  const shape = [2, 8, 3, 5];
  const x = Float32Array.from({ length: 240 }, (_, at) => at);
  const { data, shape: given } = await output("shuffle", {
    x: { elementType: "f32", shape, data: x },
  });
  assertEquals(given, [2, 2, 6, 10]);
  const at = (n: number, c: number, h: number, w: number) =>
    ((n * 8 + c) * 3 + h) * 5 + w;
  const expected = Array.from({ length: 240 }, (_, index) => {
    const [w, h] = [index % 10, Math.floor(index / 10) % 6];
    const [c, n] = [Math.floor(index / 60) % 2, Math.floor(index / 120)];
    const channel = c * 4 + h % 2 * 2 + w % 2;
    return at(n, channel, Math.floor(h / 2), Math.floor(w / 2));
  });
  assertEquals(Array.from(data, Number), expected);
});

testWithImporter("Resize aligns the corners of sizes", async () => {
  const shape = [1, 1, 3, 2];
  const data = Float32Array.of(0, 10, 6, 16, 12, 22);
  const y = await output("enlarge", { x: { elementType: "f32", shape, data } });
  assertEquals(y.shape, [1, 1, 4, 2]);
  // Rows at 0, 2/3, 4/3 and 2.
  const expected = [0, 10, 4, 14, 8, 18, 12, 22];
  for (const [at, value] of y.data.entries()) {
    assertAlmostEquals(Number(value), expected[at]!, 1e-5);
  }
  const error = await failureOf(
    importOnnx(models.join("enlarge_any.onnx"), { library: COMPILER }),
  );
  assertStringIncludes(error.detail, "the shape of 'x' is not fixed");
});

testWithImporter(
  "DepthToSpace is rejected where its channels are unknown",
  async () => {
    const path = models.join("unknown.onnx");
    const error = await failureOf(importOnnx(path, { library: COMPILER }));
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(
      error.detail,
      "the number of channels of 'x' is unknown, and IREE 3.13 computes " +
        "DepthToSpace with mode CRD wrongly; fix the shape of the input",
    );
    const fixed = await importOnnx(path, {
      library: COMPILER,
      shapes: { x: [null, 8, null, null] },
    });
    assertStringIncludes(text(fixed.mlir), '"DCR"');
  },
);

testWithImporter(
  "AveragePool counts the padding, and nothing beyond it",
  async () => {
    const data = Float32Array.from({ length: 36 }, (_, at) => at % 7 + 1);
    const x: NdArray = { elementType: "f32", shape: [1, 1, 6, 6], data };
    for (const opset of [10, 17]) {
      for (
        const [name, pad] of [["average", 0], ["average_padded", 1]] as const
      ) {
        const y = await output(`${name}_${opset}`, { x });
        const expected = averages(data, 6, pad);
        assertEquals(y.shape, [1, 1, expected.length, expected[0]!.length]);
        for (const [at, value] of expected.flat().entries()) {
          assertAlmostEquals(Number(y.data[at]), value, 1e-5);
        }
      }
      const path = models.join(`average_left_out_${opset}.onnx`);
      const error = await failureOf(importOnnx(path, { library: COMPILER }));
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertStringIncludes(
        error.detail,
        "windows may start in the padding of 'x'; set one of them to 0",
      );
    }
  },
);

/** Averages of every second 3x3 window over a square with padding. */
function averages(data: Float32Array, size: number, pad: number): number[][] {
  const count = Math.ceil((size + 2 * pad - 3) / 2) + 1;
  const starts = Array.from({ length: count }, (_, at) => 2 * at - pad);
  return starts.map((top) =>
    starts.map((left) => {
      let [sum, count] = [0, 0];
      for (let row = top; row < Math.min(top + 3, size + pad); row++) {
        for (let at = left; at < Math.min(left + 3, size + pad); at++) {
          count++;
          const isInside = row >= 0 && row < size && at >= 0 && at < size;
          if (isInside) sum += data[row * size + at]!;
        }
      }
      return sum / count;
    })
  );
}
