import { join } from "@std/path";
import { test } from "../support.ts";
import { assertLogits, inFolder, SMALL } from "./support.ts";
import {
  type GgufOptions,
  TINY,
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

/** Models of every architecture and option, as folders of Hugging Face. */
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
  ["Llama with heads that rotate in part", {
    config: { partial_rotary_factor: 0.5 },
  }],
  ["Mistral", { config: { model_type: "mistral", sliding_window: 6 } }],
  ["Qwen 2", { biases: true, tied: true, config: { model_type: "qwen2" } }],
  ["Qwen 3 with every part", {
    ...EVERYTHING,
    config: {
      model_type: "qwen3",
      use_sliding_window: true,
      sliding_window: 5,
      max_window_layers: 1,
    },
  }],
];

/** How far logits are from those that NumPy computes with the same weights. */
const TOLERANCES = [
  ["f32", 1e-4],
  ["f16", 1e-4],
  ["bf16", 1e-4],
  // Activations are rounded, too: to 15 bits.
  ["int8", 2e-3],
] as const;

for (const [name, parts] of FOLDERS) {
  for (const [weights, tolerance] of TOLERANCES) {
    test(`Logits of ${name} with ${weights} weights are NumPy's`, async () => {
      await inFolder(async (folder) => {
        await writeFolder(folder, tinyModel(parts));
        await assertLogits(folder, folder, { ...SMALL, weights }, tolerance);
      });
    });
  }
}

/** The same in GGUF files: what they name otherwise. */
const FILES: readonly (readonly [string, TinyParts, GgufOptions])[] = [
  ["Llama, whose pairs that rotate are neighbors", {}, {}],
  ["Llama with linear scaling", {
    config: { rope_scaling: { type: "linear", factor: 4 } },
  }, {
    metadata: {
      "llama.rope.scaling.type": "linear",
      "llama.rope.scaling.factor": 4,
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
  }, {
    metadata: {
      "llama.rope.scaling.type": "yarn",
      "llama.rope.scaling.factor": 4,
      "llama.rope.scaling.original_context_length": 64,
    },
  }],
  ["Llama with divisors of frequencies", {
    config: { rope_scaling: { type: "linear", factor: 2 } },
  }, {
    tensors: new Map([["rope_freqs.weight", {
      shape: [TINY.headSize / 2],
      values: new Float32Array(TINY.headSize / 2).fill(2),
    }]]),
  }],
  ["Qwen 2", { biases: true, config: { model_type: "qwen2" } }, {
    architecture: "qwen2",
  }],
  ["Qwen 3 with normalized heads", {
    headNorms: true,
    config: { model_type: "qwen3" },
  }, { architecture: "qwen3" }],
];

for (const [name, parts, options] of FILES) {
  test(`Logits of a GGUF file of ${name} are NumPy's`, async () => {
    await inFolder(async (folder) => {
      const model = tinyModel(parts);
      const path = join(folder, "model.gguf");
      await writeFolder(folder, model);
      await writeGguf(path, model, options);
      await assertLogits(path, folder, SMALL, 1e-4);
    });
  });
}
