import { join } from "@std/path";
import { test } from "../support.ts";
import { assertLogits, inFolder, SMALL } from "./support.ts";
import {
  tinyModel,
  type TinyParts,
  writeFolder,
  writeGguf,
} from "./tiny_models.ts";

/** Every part that a layer can have. */
const EVERYTHING: TinyParts = {
  biases: true,
  moreBiases: true,
  headNorms: true,
  tied: true,
};

const FOLDERS: readonly (readonly [string, TinyParts])[] = [
  ["Llama", {}],
  ["Llama with linear scaling", {
    config: { rope_scaling: { type: "linear", factor: 4 } },
  }],
  ["Llama 3", {
    config: {
      rope_theta: 500000,
      rope_scaling: {
        rope_type: "llama3",
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 64,
      },
    },
  }],
  ["Llama with YaRN", {
    config: {
      rope_scaling: {
        rope_type: "yarn",
        factor: 4,
        original_max_position_embeddings: 64,
      },
    },
  }],
  ["Qwen with every part", {
    ...EVERYTHING,
    config: {
      model_type: "qwen3",
      use_sliding_window: true,
      sliding_window: 5,
      max_window_layers: 1,
    },
  }],
];

for (const [name, parts] of FOLDERS) {
  test(`LanguageModel computes the logits of ${name} as NumPy does`, async () => {
    await inFolder(async (folder) => {
      await writeFolder(folder, tinyModel(parts));
      await assertLogits(folder, folder, SMALL, 1e-4);
    });
  });
}

test("LanguageModel reads GGUF files, whose pairs that rotate are neighbors", async () => {
  await inFolder(async (folder) => {
    const model = tinyModel();
    const path = join(folder, "model.gguf");
    await writeFolder(folder, model);
    await writeGguf(path, model);
    await assertLogits(path, folder, SMALL, 1e-4);
  });
});

for (const [weights, tolerance] of [["f16", 0.01], ["int8", 0.2]] as const) {
  test(`LanguageModel computes logits with weights of type ${weights}`, async () => {
    await inFolder(async (folder) => {
      await writeFolder(folder, tinyModel());
      const options = { ...SMALL, chunk: 1, weights };
      await assertLogits(folder, folder, options, tolerance);
    });
  });
}
