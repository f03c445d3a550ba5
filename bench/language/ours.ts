import { LanguageModel } from "../../lib/language/mod.ts";
import type { Configuration, WeightType } from "../../lib/language/mod.ts";
import { readModelSource } from "../../lib/language/read_model_source.ts";
import { CONTEXT, type Engine, type EngineOptions } from "./engine.ts";

/** Bytes of an element of a matrix, and of one of a table of tokens. */
const ELEMENT_BYTES: Readonly<Record<WeightType, readonly [number, number]>> = {
  f32: [4, 4],
  f16: [2, 2],
  bf16: [2, 2],
  int8: [1, 1],
  int4: [0.625, 1],
};

/** Loads the model with this package. */
export async function openOurs(
  { path, weights, isSingle, requests }: EngineOptions,
): Promise<Engine> {
  const model = await LanguageModel.load(path, {
    weights: weights as WeightType,
    contextLength: CONTEXT,
    device: isSingle ? "local-sync" : "local-task",
    batch: requests,
  });
  // Without an output of its own, the model multiplies with the embedding again.
  const tables = readModelSource(path).tensors.has("output") ? 2 : 1;
  return {
    needed: weightBytes(model.configuration, weights, tables) +
      requests * cacheBytes(model.configuration),
    generate: async (prompt, count, onToken) => {
      const options = { maxTokens: count, ignoreEnd: true };
      for await (const _ of model.generate(prompt, options)) onToken();
    },
  };
}

function weightBytes(
  { layers, hidden, feedForward, heads, keyHeads, headSize, vocabulary }:
    Configuration,
  weights: string,
  tables: number,
): number {
  const attention = 2 * (heads + keyHeads) * headSize * hidden;
  const matrices = layers * (attention + 3 * feedForward * hidden);
  const [ofMatrices, ofTables] = ELEMENT_BYTES[weights as WeightType];
  return matrices * ofMatrices + tables * vocabulary * hidden * ofTables;
}

function cacheBytes({ layers, keyHeads, headSize }: Configuration): number {
  return CONTEXT * layers * 2 * keyHeads * headSize * 4;
}
