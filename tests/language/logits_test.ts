import { join } from "@std/path";
import { BLOCK_COLUMNS } from "../../lib/language/blocks.ts";
import { dequantize } from "../../lib/language/dequantize.ts";
import { test } from "../support.ts";
import { assertLogits, inFolder, SMALL } from "./support.ts";
import {
  encode,
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
  ["int4", 2e-3],
] as const;

/** Models whose matrices differ: in biases, and with one table of tokens or two. */
const DIFFERENT = ["Llama", "Qwen 2", "Qwen 3 with every part"];

for (const [name, parts] of FOLDERS) {
  for (const [weights, tolerance] of TOLERANCES) {
    // How positions are rotated does not depend on the kernels.
    if (weights === "int4" && !DIFFERENT.includes(name)) continue;
    test(`Logits of ${name} with ${weights} weights are NumPy's`, async () => {
      await inFolder(async (folder) => {
        await writeFolder(folder, tinyModel(parts));
        await assertLogits(folder, folder, { ...SMALL, weights }, tolerance);
      });
    });
  }
}

test("Logits with int4 weights are NumPy's with this CPU's kernels", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    const compile = { ...SMALL.compile, target: "host" };
    const options = { ...SMALL, weights: "int4", compile } as const;
    await assertLogits(folder, folder, options, 2e-3);
  });
});

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

/** Types of GGUF with blocks of 4 bits, and their numbers. */
const BLOCK_TYPES = [["Q4_0", 2], ["Q4_1", 3]] as const;

for (const [type, number] of BLOCK_TYPES) {
  test(`Blocks of ${type} in a GGUF file are kept with int4 weights`, async () => {
    await inFolder(async (folder) => {
      const { config, tensors } = tinyModel({ tied: true });
      const hasBlocks = ([, columns]: readonly number[]) =>
        columns !== undefined && columns % BLOCK_COLUMNS === 0;
      const kept = new Map([...tensors].map(([name, { shape, values }]) => {
        const numbers = hasBlocks(shape)
          ? dequantize(type, encodeBlocks(type, values))
          : values;
        return [name, { shape, values: numbers }];
      }));
      const path = join(folder, "model.gguf");
      await writeFolder(folder, { config, tensors: kept });
      await writeGguf(path, { config, tensors: kept }, {
        store: (values, shape) =>
          hasBlocks(shape)
            ? [number, encodeBlocks(type, values)]
            : [0, encode(values, "F32")],
      });
      const options = { ...SMALL, chunk: 1, weights: "int4" } as const;
      await assertLogits(path, folder, options, 2e-3, true);
    });
  });
}

/**
 * Stores numbers in blocks. These use some of the integers only, so that other blocks
 * would be chosen for their numbers; encoding the blocks' own numbers changes nothing.
 */
function encodeBlocks(
  type: "Q4_0" | "Q4_1",
  values: Float32Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const head = type === "Q4_0" ? 2 : 4;
  const bytes = new Uint8Array(values.length / BLOCK_COLUMNS * (head + 16));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at += BLOCK_COLUMNS) {
    const block = values.subarray(at, at + BLOCK_COLUMNS);
    const to = at / BLOCK_COLUMNS * (head + 16);
    const least = Math.min(...block);
    const size = Math.max(...block.map(Math.abs));
    const wanted = type === "Q4_0"
      ? size / 5
      : (Math.max(...block) - least) / 7;
    view.setFloat16(to, wanted, true);
    const scale = view.getFloat16(to, true);
    if (type === "Q4_1") view.setFloat16(to + 2, least, true);
    const zero = type === "Q4_0" ? -8 * scale : view.getFloat16(to + 2, true);
    block.forEach((value, place) => {
      const integer = Math.round((value - zero) / scale);
      bytes[to + head + place % 16]! |= place < 16 ? integer : integer << 4;
    });
  }
  return bytes;
}
