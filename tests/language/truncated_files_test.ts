// Models whose files end too early, at the boundary of each of their parts.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { LanguageModel } from "../../lib/language/mod.ts";
import { failureOf, test } from "../support.ts";
import { inFolder, SMALL } from "./support.ts";
import { tinyModel, writeFolder, writeGguf } from "./tiny_models.ts";

/** Codes of files that end too early, or have nothing that can be read. */
const DAMAGED: ReadonlySet<string> = new Set([
  "OUT_OF_RANGE",
  "INVALID_ARGUMENT",
]);

/** Loads a model that must be rejected as damaged. */
async function assertDamaged(path: string, what: string): Promise<void> {
  const error = await failureOf(LanguageModel.load(path, SMALL));
  assert(DAMAGED.has(error.code), `${what}: ${error.message}`);
  assert(error.message.includes(path), `${what}: ${error.message}`);
  assert(!/undefined|NaN|null/.test(error.message), error.message);
}

/** Loads a file at all lengths around the ends of its parts. */
async function assertTruncated(
  file: string,
  ends: readonly number[],
  load: string,
): Promise<void> {
  const whole = await Deno.readFile(file);
  const lengths = new Set(
    ends.flatMap((end) => [end - 1, end, end + 1]).toSorted((a, b) => b - a),
  );
  for (const length of lengths) {
    if (length < 0 || length >= whole.length) continue;
    await Deno.truncate(file, length);
    await assertDamaged(load, `${length} of ${whole.length} bytes`);
  }
  await Deno.writeFile(file, whole);
  using _ = await LanguageModel.load(load, SMALL);
}

test("A GGUF file that ends at any of its parts is an error that names it", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    const ends = await writeGguf(path, tinyModel());
    await assertTruncated(path, ends, path);
  });
});

test("Safetensors that end at any of their parts are an error that names them", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    const file = join(folder, "model.safetensors");
    const whole = await Deno.readFile(file);
    const start = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(whole.subarray(8, start));
    const entries = [...header.matchAll(/[{}[\]]/g)].map((it) => 8 + it.index);
    const data = [...header.matchAll(/"data_offsets":\[\d+,(\d+)\]/g)]
      .map(([, end]) => start + Number(end));
    await assertTruncated(file, [0, 8, ...entries, start, ...data], folder);
  });
});

test("A cut config.json is an error that names it, whatever its length", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    const file = join(folder, "config.json");
    const length = (await Deno.stat(file)).size;
    for (let left = length - 1; left >= 0; left--) {
      await Deno.truncate(file, left);
      await assertDamaged(folder, `${left} bytes`);
    }
    await Deno.remove(file);
    const error = await failureOf(LanguageModel.load(folder, SMALL));
    assertEquals(error.code, "NOT_FOUND");
    assertMatch(error.message, /config\.json/);
  });
});

test("A missing or empty part of a model in several files is named", async () => {
  await inFolder(async (folder) => {
    const model = tinyModel();
    await writeFolder(folder, model);
    const first = "model-00001-of-00002.safetensors";
    const second = "model-00002-of-00002.safetensors";
    await Deno.rename(join(folder, "model.safetensors"), join(folder, first));
    const names = [...model.tensors.keys()];
    const weights = (at: (index: number) => string) => ({
      weight_map: Object.fromEntries(names.map((name, i) => [name, at(i)])),
    });
    const index = join(folder, "model.safetensors.index.json");
    const write = (contents: unknown) =>
      Deno.writeTextFile(index, JSON.stringify(contents));
    await write(weights((i) => i === 3 ? second : first));
    const missing = await failureOf(LanguageModel.load(folder, SMALL));
    assertEquals(missing.code, "NOT_FOUND");
    assert(missing.message.includes(second), missing.message);
    await Deno.writeFile(join(folder, second), new Uint8Array());
    const empty = await failureOf(LanguageModel.load(folder, SMALL));
    assertEquals(empty.code, "OUT_OF_RANGE");
    assert(empty.message.includes(second), empty.message);
    for (const contents of [[], {}, { weight_map: 1 }, weights(() => "../x")]) {
      await write(contents);
      await failureOf(LanguageModel.load(folder, SMALL));
    }
    await write(weights(() => first));
    using _ = await LanguageModel.load(folder, SMALL);
  });
});
