import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { IreeError } from "../../mod.ts";
import {
  type GeneratedToken,
  type GenerateOptions,
  LanguageModel,
  type WeightType,
} from "../../lib/language/mod.ts";
import { test } from "../support.ts";
import { inFolder, reference, SMALL, someTokens } from "./support.ts";
import { tinyModel, writeFolder } from "./tiny_models.ts";

async function withModel(
  act: (model: LanguageModel, folder: string) => Promise<void>,
  weights: WeightType = "f32",
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "model");
    await writeFolder(path, tinyModel());
    using model = await LanguageModel.load(path, { ...SMALL, weights });
    await act(model, path);
  });
}

async function tokensOf(
  model: LanguageModel,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { token } of model.generate(prompt, options)) {
    tokens.push(token);
  }
  return tokens;
}

for (const [weights, tolerance] of [["f32", 1e-4], ["int8", 2e-3]] as const) {
  test(`Greedy answers are the likeliest tokens of the reference (${weights})`, async () => {
    await withModel(async (model, folder) => {
      const prompt = someTokens(5);
      const answer = await tokensOf(model, prompt, { maxTokens: 64 });
      assertEquals(answer.length, 64);
      const whole = [...prompt, ...answer];
      const [logits] = await reference(folder, [whole], weights);
      answer.forEach((token, at) => {
        const values = logits![prompt.length - 1 + at]!;
        // Two tokens can be equally likely within the precision.
        const difference = Math.max(...values) - values[token]!;
        assert(difference < tolerance, `token ${at}`);
      });
    }, weights);
  });
}

test("Generation reports probabilities, counts, timing and why it ended", async () => {
  await withModel(async (model, folder) => {
    const prompt = someTokens(5);
    const answer = model.generate(prompt, {
      maxTokens: 3,
      logProbabilities: 2,
    });
    const items: GeneratedToken[] = await Array.fromAsync(answer);
    const [logits] = await reference(folder, [prompt]);
    const values = logits!.at(-1)!;
    const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
    const [first] = items;
    const expected = values[first!.token]! - Math.log(total);
    assert(Math.abs(first!.logProbability! - expected) < 1e-4);
    assertEquals(first!.alternatives!.length, 2);
    assertEquals(first!.alternatives![0]!.token, first!.token);
    assertEquals(answer.finishReason, "length");
    assertEquals([answer.promptTokens, answer.answerTokens], [5, 3]);
    assert(answer.timing.prompt > 0 && answer.timing.answer > 0);
    assertThrows(() => answer[Symbol.asyncIterator](), IreeError, "already");
  });
});

test("The same seed chooses the same tokens, another one others", async () => {
  await withModel(async (model) => {
    const options = { maxTokens: 24, temperature: 1.5, topP: 0.95 };
    const answers = await Promise.all(
      [1, 1, 2].map((seed) => tokensOf(model, [1, 2, 3], { ...options, seed })),
    );
    assertEquals(answers[0], answers[1]);
    assert(answers[0]!.join() !== answers[2]!.join());
  });
});

test("logitBias, penalties and adjust change the chosen token", async () => {
  await withModel(async (model) => {
    const prompt = someTokens(5);
    const [best] = await tokensOf(model, prompt, { maxTokens: 1 });
    const [other] = await tokensOf(model, prompt, {
      maxTokens: 1,
      logitBias: { [best!]: -Infinity },
    });
    assert(other !== best);
    const forced = await tokensOf(model, prompt, {
      maxTokens: 3,
      logitBias: { 7: 1000 },
    });
    assertEquals(forced, [7, 7, 7]);
    const spread = await tokensOf(model, prompt, {
      maxTokens: 4,
      logitBias: { 7: 1000, 8: 950 },
      presencePenalty: 100,
    });
    assertEquals(spread, [7, 8, 7, 7]);
    const adjusted = await tokensOf(model, prompt, {
      maxTokens: 2,
      adjust: (logits, tokens) => logits[tokens.length] = 1e6,
    });
    assertEquals(adjusted, [5, 6]);
  });
});

test("An answer ends where the context does", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    const options = { ...SMALL, contextLength: 16 };
    using model = await LanguageModel.load(folder, options);
    const answer = model.generate(someTokens(12));
    const items = await Array.fromAsync(answer);
    // The last token needs no room.
    assertEquals(items.length, 5);
    assertEquals(answer.finishReason, "context");
  });
});

test("Aborted and abandoned answers release their session", async () => {
  await withModel(async (model) => {
    const controller = new AbortController();
    const answer = model.generate([1, 2, 3], { signal: controller.signal });
    await assertRejects(
      async () => {
        for await (const _ of answer) controller.abort(new Error("enough"));
      },
      Error,
      "enough",
    );
    for await (const _ of model.generate([1, 2, 3])) break;
    // Never begun.
    model.generate([1, 2, 3]);
    const aborted = AbortSignal.abort(new Error("before"));
    await assertRejects(
      () => model.generate([1], { signal: aborted }).text(),
      Error,
      "before",
    );
  });
});

test("LanguageModel.continue continues a session", async () => {
  await withModel(async (model) => {
    const whole = await tokensOf(model, someTokens(5), { maxTokens: 9 });
    using session = model.session();
    const first = model.continue(session, someTokens(5), { maxTokens: 4 });
    const begin = await Array.fromAsync(first, ({ token }) => token);
    const second = model.continue(session, begin.slice(-1), { maxTokens: 5 });
    const end = await Array.fromAsync(second, ({ token }) => token);
    assertEquals([...begin, ...end], whole);
    assertThrows(
      () => model.continue(model as never, [1]),
      IreeError,
      "session must be a LanguageSession of this model",
    );
  });
});

test("Options of generate are checked before anything is computed", async () => {
  await withModel((model) => {
    const wrong: readonly (readonly [GenerateOptions, string])[] = [
      [{ temperature: -1 }, "temperature must be 0 to 100, got -1"],
      [{ topK: 0 }, "topK must be a positive integer, got 0"],
      [{ topP: 2 }, "topP must be 0 to 1, got 2"],
      [{ minP: NaN }, "minP must be 0 to 1, got NaN"],
      [{ seed: 1.5 }, "seed must be an integer, got 1.5"],
      [{ stop: "" }, "stop must not contain empty strings"],
      [{ logitBias: { 400: 1 } }, "must be 0 to 319"],
      [{ maxTokens: -1 }, "maxTokens"],
    ];
    for (const [options, message] of wrong) {
      assertThrows(() => model.generate([1], options), IreeError, message);
    }
    assertThrows(() => model.generate("text"), IreeError, "has no tokenizer");
    return Promise.resolve();
  });
});
