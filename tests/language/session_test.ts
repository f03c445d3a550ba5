import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { IreeError } from "../../mod.ts";
import { LanguageModel, type LanguageSession } from "../../lib/language/mod.ts";
import { failureOf, test } from "../support.ts";
import { assertNear } from "./near.ts";
import { inFolder, reference, SMALL, someTokens } from "./support.ts";
import { tinyModel, writeFolder } from "./tiny_models.ts";

async function withModel(
  act: (model: LanguageModel, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "model");
    await writeFolder(path, tinyModel());
    using model = await LanguageModel.load(path, SMALL);
    await act(model, path);
  });
}

test("A session's cache grows with its tokens, and its logits stay right", async () => {
  await withModel(async (model, folder) => {
    const tokens = someTokens(300);
    const [expected] = await reference(folder, [tokens]);
    using session = model.session();
    for (const [start, end] of [[0, 63], [63, 64], [64, 130], [130, 300]]) {
      const logits = await session.append(tokens.slice(start, end));
      assertNear(logits, expected![end! - 1]!, 2e-4, `position ${end! - 1}`);
    }
    assertEquals(session.length, 300);
  });
});

test("A prompt is computed in large and small parts, with the same logits", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    const tokens = someTokens(75);
    const [expected] = await reference(folder, [tokens]);
    using model = await LanguageModel.load(folder, { ...SMALL, chunk: 32 });
    // Small parts have 8 tokens, large ones 32.
    for (const length of [3, 8, 9, 24, 25, 32, 41, 66, 75]) {
      using session = model.session();
      const logits = await session.append(tokens.slice(0, length));
      assertNear(logits, expected![length - 1]!, 1e-4, `${length} tokens`);
    }
  });
});

test("Forks of a session continue it on their own, even after it is disposed", async () => {
  await withModel(async (model, folder) => {
    const start = someTokens(70);
    const [one, two] = [someTokens(9, 3), someTokens(7, 4)];
    const [left, right] = await reference(folder, [
      [...start, ...one],
      [...start, ...two],
    ]);
    const session = model.session();
    await session.append(start);
    using fork = session.fork();
    const logits = await session.append(one);
    session.dispose();
    assertNear(logits, left!.at(-1)!, 2e-4, "the session");
    assertNear(await fork.append(two), right!.at(-1)!, 2e-4, "its fork");
    assertEquals(fork.tokens, [...start, ...two]);
  });
});

test("Sessions of a model can compute at the same time", async () => {
  await withModel(async (model, folder) => {
    const texts = [1, 2, 3].map((seed) => someTokens(11, seed));
    const expected = await reference(folder, texts);
    await Promise.all(texts.map(async (tokens, at) => {
      using session = model.session();
      const logits = await session.append(tokens);
      assertNear(logits, expected[at]!.at(-1)!, 1e-4, `session ${at}`);
    }));
  });
});

test("LanguageSession.truncate forgets tokens at the end", async () => {
  await withModel(async (model, folder) => {
    const tokens = someTokens(12);
    const [expected] = await reference(folder, [tokens]);
    using session = model.session();
    await session.append([...tokens.slice(0, 8), 5, 6, 7]);
    session.truncate(8);
    const logits = await session.append(tokens.slice(8));
    assertNear(logits, expected!.at(-1)!, 1e-4, "after truncate");
    assertThrows(() => session.truncate(13), IreeError, "at most 12, got 13");
  });
});

test("A full context is an error that leaves the session as it was", async () => {
  await withModel(async (model) => {
    using session = model.session({ contextLength: 16 });
    await session.append(someTokens(15));
    const error = await failureOf(session.append([1, 2]));
    assertEquals(error.code, "RESOURCE_EXHAUSTED");
    assertEquals(
      error.message.includes("it has 16 tokens, and 17 are needed"),
      true,
      error.message,
    );
    assertEquals(session.length, 15);
    await session.append([1]);
    assert(session.isFull);
  });
});

test("A sliding context keeps its first tokens and the latest ones", async () => {
  await withModel(async (model, folder) => {
    const tokens = someTokens(20);
    using session = model.session({
      contextLength: 16,
      onFull: "slide",
      keep: 4,
    });
    await session.append(tokens.slice(0, 16));
    const logits = await session.append(tokens.slice(16));
    const kept = [...tokens.slice(0, 4), ...tokens.slice(-6)];
    assertEquals(session.tokens, kept);
    const [expected] = await reference(folder, [kept]);
    assertNear(logits, expected!.at(-1)!, 1e-4, "after sliding");
  });
});

test("A session does one operation at a time", async () => {
  await withModel(async (model) => {
    using session = model.session();
    const first = session.append(someTokens(9));
    const error = await failureOf(session.append([1]));
    assertEquals(error.code, "FAILED_PRECONDITION");
    assertThrows(() => session.fork(), IreeError, "in use");
    assertThrows(() => session.truncate(0), IreeError, "in use");
    await first;
    assertEquals(session.length, 9);
  });
});

test("An aborted prompt keeps what was computed, and the session continues", async () => {
  await withModel(async (model, folder) => {
    const tokens = someTokens(40);
    using session = model.session();
    const controller = new AbortController();
    const append = session.append(tokens, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assertRejects(() => append, Error, "enough");
    const done = session.length;
    assert(done < 40, `${done}`);
    const logits = await session.append(tokens.slice(done));
    const [expected] = await reference(folder, [tokens]);
    assertNear(logits, expected!.at(-1)!, 1e-4, "after the abort");
  });
});

test("Wrong tokens and disposed sessions are rejected", async () => {
  await withModel(async (model) => {
    const session: LanguageSession = model.session();
    for (const token of [-1, 320, 1.5, NaN]) {
      const error = await failureOf(session.append([token]));
      assertEquals(error.code, "OUT_OF_RANGE", `${token}`);
    }
    await failureOf(session.append([]));
    session.dispose();
    session.dispose();
    const error = await failureOf(session.append([1]));
    assertEquals(error.message.includes("is disposed"), true, error.message);
    assertThrows(() => session.fork(), IreeError, "disposed");
  });
});

test("LanguageModel.embed is the mean of states, of length 1", async () => {
  await withModel(async (model, folder) => {
    const tokens = someTokens(10);
    const vector = await model.embed(tokens);
    // The output matrix makes the mean of states the mean of logits.
    const { values } = tinyModel().tensors.get("lm_head.weight")!;
    const products = Array.from(
      { length: values.length / 32 },
      (_, row) =>
        vector.reduce((sum, it, at) => sum + it * values[row * 32 + at]!, 0),
    );
    const [logits] = await reference(folder, [tokens]);
    const means = products.map((_, id) =>
      logits!.reduce((sum, values) => sum + values[id]!, 0) / tokens.length
    );
    const factor = Math.hypot(...means) / Math.hypot(...products);
    assertNear(products.map((it) => it * factor), means, 1e-4, "logits");
    assertEquals(vector.length, 32);
    assertNear([Math.hypot(...vector)], [1], 1e-6, "length");
    assertNear(vector, await model.embed(tokens), 0, "again");
    const other = await model.embed(someTokens(10, 9));
    assert(vector.some((value, at) => Math.abs(value - other[at]!) > 1e-3));
  });
});
