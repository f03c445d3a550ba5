import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { LanguageModel, type LoadProgress } from "../../lib/language/mod.ts";
import { dequantize, encodedLength } from "../../lib/language/dequantize.ts";
import { encodeElements, quantizeRows } from "../../lib/language/quantize.ts";
import {
  keepBlocks,
  quantizeBlocks,
} from "../../lib/language/quantize_blocks.ts";
import { execute, failureOf, test, tool } from "../support.ts";
import { assertNear } from "./near.ts";
import {
  CONVERTED,
  convertedFiles,
  inFolder,
  modelsFolder,
  someTokens,
} from "./support.ts";
import { encode, tinyModel, writeFolder, writeGguf } from "./tiny_models.ts";

const SCRIPT = fromFileUrl(new URL("dequantize.py", import.meta.url));

/** Sizes of blocks, and where their scales are: bytes 1 of f16, kept small. */
const BLOCKS: Readonly<Record<string, readonly [number, readonly number[]]>> = {
  Q4_0: [18, [1]],
  Q4_1: [20, [1, 3]],
  Q5_0: [22, [1]],
  Q5_1: [24, [1, 3]],
  Q8_0: [34, [1]],
  Q4_K: [144, [1, 3]],
  Q5_K: [176, [1, 3]],
  Q6_K: [210, [209]],
};

test("Quantized types of GGUF are read as ggml defines them", async () => {
  const blocks = new Map(
    Object.entries(BLOCKS).map(([type, [size, scales]], seed) => {
      const bytes = new Uint8Array(3 * size);
      for (let i = 0; i < bytes.length; i++) {
        bytes[i] = (i * 167 + seed * 59 + (i >> 3) * 29) & 255;
      }
      for (let block = 0; block < 3; block++) {
        for (const at of scales) bytes[block * size + at] = 0x34 + block;
      }
      return [type, bytes] as const;
    }),
  );
  const request = Object.fromEntries(
    [...blocks].map(([type, bytes]) => [type, bytes.toHex()]),
  );
  const { code, stdout, stderr } = await execute(tool("python"), [SCRIPT], {
    stdin: new TextEncoder().encode(JSON.stringify(request)),
  });
  assertEquals(code, 0, stderr);
  const expected: Record<string, number[]> = JSON.parse(stdout);
  for (const [type, bytes] of blocks) {
    const values = dequantize(type, bytes);
    assertEquals(encodedLength(type, values.length), bytes.length);
    const scale = Math.max(...values.map(Math.abs));
    assertNear(values, expected[type]!, scale * 1e-6, type);
  }
});

test("Rows become integers with a scale, and bf16 is rounded to even", () => {
  const scales = new Float32Array(2);
  const rows = new Float32Array([127, -63.6, 0, 0, 0, 0]);
  const bytes = quantizeRows(rows, 3, scales);
  assertEquals([...new Int8Array(bytes.buffer)], [127, -64, 0, 0, 0, 0]);
  assertEquals([...scales], [1, 0]);
  const bits = (value: number): number =>
    new Uint16Array(
      encodeElements(new Float32Array([value]), "bf16").buffer,
    )[0]!;
  assertEquals(bits(1), 0x3f80);
  assertEquals(bits(1 + 2 ** -8), 0x3f80);
  assertEquals(bits(1 + 3 * 2 ** -8), 0x3f82);
  assertEquals(bits(Infinity), 0x7f80);
  assert((bits(NaN) & 0x7fff) > 0x7f80);
});

test("Rows become blocks with a scale and a least number", () => {
  const rows = Float32Array.from({ length: 66 }, (_, at) => at % 33 / 16 - 1);
  const bytes = quantizeBlocks(rows, 33)!;
  assertEquals(bytes.length, 80);
  const numbers = dequantize("Q4_1", bytes);
  for (const row of [0, 1]) {
    const found = numbers.subarray(row * 64, row * 64 + 33);
    assertNear(found, rows.subarray(0, 33), 0.07, `row ${row}`);
  }
  const blocks = Uint8Array.from({ length: 54 }, (_, at) => at * 91 & 255);
  for (let at = 1; at < 54; at += 18) blocks[at] = 0x34;
  const kept = keepBlocks("Q4_0", blocks)!;
  assertEquals(dequantize("Q4_1", kept), dequantize("Q4_0", blocks));
});

test("Numbers that do not fit blocks are an error that names the tensor", async () => {
  await inFolder(async (folder) => {
    const model = tinyModel();
    const { values } = model.tensors.get("model.layers.1.mlp.up_proj.weight")!;
    values[40] = -1e5;
    await writeFolder(folder, model);
    const options = { ...CONVERTED, weights: "int4" } as const;
    const error = await failureOf(LanguageModel.load(folder, options));
    assertEquals(error.code, "OUT_OF_RANGE");
    assertMatch(
      error.message,
      /mlp.up_proj.weight' has numbers that do not fit/,
    );
    assertMatch(error.hint!, /other weights than 'int4'/);
  });
});

test("Weights are converted once, and a stopped conversion continues", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "tiny");
    await writeFolder(path, tinyModel());
    const controller = new AbortController();
    const seen: LoadProgress[] = [];
    const stopped = LanguageModel.load(path, {
      ...CONVERTED,
      signal: controller.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (seen.length === 8) controller.abort(new Error("enough"));
      },
    });
    await assertRejects(() => stopped, Error, "enough");
    assertEquals(seen.length, 8);
    // The size is said before anything is written.
    assertEquals(seen[0], {
      phase: "convert",
      written: 0,
      total: seen[7]!.total,
    });
    assert(seen[0]!.total > 0);
    assertMatch(convertedFiles().join(), /^tiny-\w+\.irpa\.partial$/);
    const rest: LoadProgress[] = [];
    const first = await LanguageModel.load(path, {
      ...CONVERTED,
      onProgress: (progress) => rest.push(progress),
    });
    const converted = rest.filter(({ phase }) => phase === "convert");
    assertEquals(converted.at(-1)!.written, converted.at(-1)!.total);
    // The tensors that were complete are not converted again.
    assert(converted[0]!.written >= seen[4]!.written, "it began anew");
    const size = (await Deno.stat(join(modelsFolder(), convertedFiles()[0]!)))
      .size;
    const { total } = seen[0]!;
    assert(size >= total && size < total + 10_000, `${size} for ${total}`);
    using session = first.session();
    const logits = await session.append(someTokens(9));
    session.dispose();
    first.dispose();
    assertMatch(convertedFiles().join(), /^tiny-\w+\.irpa$/);
    await Deno.remove(modelsFolder(), { recursive: true });
    using again = await LanguageModel.load(path, CONVERTED);
    using other = again.session();
    assertNear(await other.append(someTokens(9)), logits, 0, "in one go");
  });
});

test("Weights that programs can use are mapped, not converted", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "tiny");
    await writeFolder(path, tinyModel());
    const seen: LoadProgress[] = [];
    using _ = await LanguageModel.load(path, {
      ...CONVERTED,
      weights: "f32",
      onProgress: (progress) => seen.push(progress),
    });
    assertEquals(seen.map(({ phase }) => phase), ["compile"]);
  });
});

test("Weights are converted from F16, BF16 and quantized files", async () => {
  await inFolder(async (folder) => {
    const model = tinyModel();
    const logits: Float32Array[] = [];
    const run = async (path: string) => {
      using loaded = await LanguageModel.load(path, CONVERTED);
      using session = loaded.session();
      logits.push(await session.append(someTokens(3)));
    };
    for (const type of ["F16", "BF16"] as const) {
      const path = join(folder, type);
      await writeFolder(path, model, type);
      await run(path);
    }
    const path = join(folder, "model.gguf");
    await writeGguf(path, model, {
      store: (values) => [1, encode(values, "F16")],
    });
    await run(path);
    assertNear(logits[1]!, logits[0]!, 0.2, "BF16");
    // Its vectors are not rounded.
    assertNear(logits[2]!, logits[0]!, 0.05, "GGUF");
  });
});

test("A full disk is an error, and leaves nothing unfinished", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "tiny");
    await writeFolder(path, tinyModel());
    // Stands for whatever prevents writing: a file where the folder should be.
    await Deno.writeTextFile(modelsFolder(), "");
    const error = await failureOf(LanguageModel.load(path, CONVERTED));
    assertEquals(error.code, "UNAVAILABLE");
    assertMatch(error.message, /cannot write converted weights to/);
  });
});
