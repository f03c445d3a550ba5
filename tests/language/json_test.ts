import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  JSON_START,
  jsonAfter,
  type JsonState,
} from "../../lib/language/json_state.ts";
import { JsonMask, VocabularyTexts } from "../../lib/language/json_mask.ts";
import { LanguageModel } from "../../lib/language/mod.ts";
import { Random } from "../../lib/language/random.ts";
import { test } from "../support.ts";
import { inFolder, SMALL } from "./support.ts";
import { byteVocabulary, pieceVocabulary } from "./texts.ts";
import { tinyModel, writeGguf } from "./tiny_models.ts";

const OBJECTS: readonly string[] = [
  '{"a": 1, "b": [true, false, null], "c": {"d": "e"}}',
  '{ "n" : [0, -1, 2.50, 1e5, -0.1E-7, 10E+2], "s": "\\u00e9\\n\\"\\\\/\u20ac" }',
  '\n{\t"": {} , "x":[ ],"y":[[],{}]}',
  '{"a":-0.0,"b":12}',
];

function stateOf(text: string): JsonState | undefined {
  let state: JsonState | undefined = JSON_START;
  for (const character of text.split("")) {
    state = state && jsonAfter(state, character);
  }
  return state;
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null &&
      !Array.isArray(value);
  } catch {
    return false;
  }
}

Deno.test("The states of JSON accept what JSON.parse does, and nothing else", () => {
  const random = new Random(3);
  const characters = '{}[]",:\\0123456789-+.eEutrfalsn x\n\u0001\u20ac';
  let right = 0;
  for (let round = 0; round < 20_000; round++) {
    let text = OBJECTS[round % OBJECTS.length]!;
    for (let edits = round % 4; edits > 0; edits--) {
      const at = Math.floor(random.next() * text.length);
      const other = characters[Math.floor(random.next() * characters.length)];
      const removed = random.next() < 0.5 ? 0 : 1;
      text = text.slice(0, at) + (random.next() < 0.7 ? other : "") +
        text.slice(at + removed);
    }
    // Nothing follows the object, not even white space.
    const expected = isObject(text) && text.endsWith("}");
    assertEquals(stateOf(text)?.expected === "end", expected, text);
    if (expected) right++;
  }
  assert(right > 5000);
});

Deno.test("A mask allows exactly the tokens that continue an object", () => {
  const texts = [
    ...['{"', "{", "}", '":', '"', ":", ",", ", ", '"}', "a", "ab", 'a"', "1"],
    ...["12", "1}", "fal", "se", "true", "\\", "\\n", " ", "\n", "[", "]", ""],
  ];
  const mask = new JsonMask(new VocabularyTexts(texts));
  let text = "";
  const random = new Random(5);
  for (let step = 0; step < 400 && !mask.isComplete; step++) {
    const logits = new Float32Array(texts.length);
    mask.apply(logits);
    const allowed: number[] = [];
    texts.forEach((piece, token) => {
      const expected = piece !== "" && stateOf(text + piece) !== undefined;
      assertEquals(logits[token] === 0, expected, `${text} + ${piece}`);
      if (expected) allowed.push(token);
    });
    const chosen = allowed[Math.floor(random.next() * allowed.length)]!;
    mask.push(chosen);
    text += texts[chosen];
  }
  assert(isObject(text), text);
});

/** Passes models with both kinds of vocabularies. */
async function withModels(
  act: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  for (const metadata of [byteVocabulary(), pieceVocabulary()]) {
    await inFolder(async (folder) => {
      const path = join(folder, "model.gguf");
      await writeGguf(path, tinyModel(), { metadata });
      using model = await LanguageModel.load(path, SMALL);
      await act(model);
    });
  }
}

test("Answers in JSON are objects, however random the tokens are", async () => {
  await withModels(async (model) => {
    const likely = Object.fromEntries(
      ['"', "}", ":", "]", "1"].map((it) =>
        [model.tokenizer.encode(it).ids.at(-1)!, 6] as const
      ),
    );
    let complete = 0;
    for (let seed = 0; seed < 12; seed++) {
      const answer = model.generate("a", {
        ...{ json: true, temperature: 1.5, seed, maxTokens: 200 },
        logitBias: likely,
      });
      const text = await answer.text();
      if (answer.finishReason !== "stop") continue;
      assert(isObject(text), text);
      complete++;
    }
    assert(complete > 3, `${complete} of 12`);
  });
});
