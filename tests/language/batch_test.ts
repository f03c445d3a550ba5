import { assert, assertEquals, assertRejects } from "@std/assert";
import { LanguageModel, type WeightType } from "../../lib/language/mod.ts";
import { test } from "../support.ts";
import { assertNear } from "./near.ts";
import { inFolder, SMALL, someTokens } from "./support.ts";
import { tinyModel, writeFolder } from "./tiny_models.ts";

/** Passes models of the same file: one call for one text, and for up to four. */
async function withModels(
  act: (alone: LanguageModel, together: LanguageModel) => Promise<void>,
  weights: WeightType = "f32",
): Promise<void> {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    const options = { ...SMALL, weights };
    using alone = await LanguageModel.load(folder, options);
    using together = await LanguageModel.load(folder, { ...options, batch: 4 });
    await act(alone, together);
  });
}

/** Prompts of several lengths: of a token, a chunk, and more blocks than one. */
const PROMPTS = [1, 4, 9, 64, 70, 130].map((length, at) =>
  someTokens(length, at)
);

async function generate(
  model: LanguageModel,
  prompt: readonly number[],
  maxTokens: number,
): Promise<number[]> {
  const answer = model.generate(prompt, { maxTokens, ignoreEnd: true });
  return await Array.fromAsync(answer, ({ token }) => token);
}

test("Answers that share calls are those of each prompt alone", async () => {
  await withModels(async (alone, together) => {
    // Lengths differ, so that texts join and leave between calls.
    const lengths = [12, 3, 20, 8, 16, 1];
    const expected: number[][] = [];
    for (const [at, prompt] of PROMPTS.entries()) {
      expected.push(await generate(alone, prompt, lengths[at]!));
    }
    const actual = await Promise.all(
      PROMPTS.map((prompt, at) => generate(together, prompt, lengths[at]!)),
    );
    assertEquals(actual, expected);
  });
});

for (const [weights, tolerance] of [["f32", 1e-4], ["int8", 2e-3]] as const) {
  test(`Logits of sessions that share calls are those of each alone (${weights})`, async () => {
    await withModels(async (alone, together) => {
      const sessions = PROMPTS.map(() => together.session());
      for (const count of [1, 2, 3, 4, 6]) {
        await Promise.all(
          sessions.slice(0, count).map(async (session, at) => {
            using same = alone.session();
            const text = [...session.tokens, at + count];
            const logits = await session.append(text.slice(-1));
            const expected = await same.append(text);
            assertNear(
              logits,
              expected,
              tolerance,
              `session ${at} of ${count}`,
            );
          }),
        );
      }
      for (const session of sessions) session.dispose();
    }, weights);
  });
}

test("A text that gives up leaves those that share its calls alone", async () => {
  await withModels(async (alone, together) => {
    const expected = await generate(alone, PROMPTS[2]!, 12);
    const leaves = new AbortController();
    const options = { ignoreEnd: true, signal: leaves.signal };
    let count = 0;
    const gone = async () => {
      for await (const _ of together.generate(PROMPTS[1]!, options)) {
        if (++count === 3) leaves.abort(new Error("enough"));
      }
    };
    const broken = async () => {
      for await (const _ of together.generate(PROMPTS[0]!)) break;
    };
    const [actual] = await Promise.all([
      generate(together, PROMPTS[2]!, 12),
      assertRejects(gone, Error, "enough"),
      broken(),
    ]);
    assertEquals(actual, expected);
    assertEquals(count, 3);
  });
});

test("Texts that share calls share failures, and later ones work", async () => {
  await withModels(async (_, together) => {
    using full = together.session({ contextLength: 4 });
    using other = together.session();
    await full.append([1, 2, 3, 4]);
    const [refused, logits] = await Promise.allSettled([
      full.append([5]),
      other.append([1]),
    ]);
    assertEquals(refused.status, "rejected");
    assert(logits.status === "fulfilled");
    assertEquals((await generate(together, [1], 2)).length, 2);
  });
});
