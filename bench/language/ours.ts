import { LanguageModel } from "../../lib/language/mod.ts";
import type { WeightType } from "../../lib/language/mod.ts";
import { CONTEXT, type Engine, type EngineOptions } from "./engine.ts";

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
  return {
    generate: async (prompt, count, onToken) => {
      const options = { maxTokens: count, ignoreEnd: true };
      for await (const _ of model.generate(prompt, options)) onToken();
    },
  };
}
