import { BinaryFile } from "../files/binary_file.ts";
import { withFile } from "../files/byte_source.ts";
import { type GgufModel, parseGgufModel } from "../parameters/gguf_file.ts";
import { GGUF_TYPE_NAMES } from "../parameters/gguf_types.ts";
import { unreadable } from "../parameters/entry.ts";
import {
  checkConfiguration,
  type Configuration,
  roleNames,
  type RotationScaling,
} from "./configuration.ts";
import { Fields } from "./configuration_fields.ts";
import { ggufText, listOf } from "./gguf_text.ts";
import { matchTensors } from "./match_tensors.ts";
import type { ModelSource, SourceTensor } from "./model_source.ts";

/** Whether the pairs that rotate together are neighbors, by architecture. */
const ARCHITECTURES: ReadonlyMap<string, { readonly interleaved: boolean }> =
  new Map([
    ["llama", { interleaved: true }],
    ["qwen2", { interleaved: false }],
    ["qwen3", { interleaved: false }],
  ]);

/** The divisors of frequencies, which Llama 3 has as a tensor. */
const DIVISORS = "rope_freqs.weight";

/**
 * Reads the description of a language model in a GGUF file.
 *
 * @param path The file.
 * @returns The model; throws UNIMPLEMENTED for what is not supported.
 */
export function readGgufModel(path: string): ModelSource {
  return withFile(path, (source) => {
    const file = new BinaryFile(path, source);
    const model = parseGgufModel(file);
    const { metadata } = model;
    const all = new Fields(path, (name) => metadata.get(name));
    const architecture = all.text("general.architecture");
    const known = ARCHITECTURES.get(architecture);
    if (known === undefined) {
      throw all.unsupported(
        "general.architecture",
        architecture,
        `supported are ${[...ARCHITECTURES.keys()].join(", ")}`,
      );
    }
    const found = new Map<string, SourceTensor>();
    for (const { tensor, entry } of model.tensors) {
      if (entry.storage === "unreadable") throw unreadable(entry);
      if (entry.storage !== "file") continue;
      found.set(tensor.key, {
        name: tensor.key,
        path,
        offset: entry.offset,
        byteLength: entry.byteLength,
        shape: tensor.sizes.toReversed(),
        encoding: GGUF_TYPE_NAMES[tensor.type] ?? `${tensor.type}`,
      });
    }
    const divisors = found.get(DIVISORS);
    found.delete(DIVISORS);
    const factors = divisors &&
      file.bytes(divisors.offset, divisors.byteLength, DIVISORS);
    const configuration = checkConfiguration(
      path,
      configurationOf(path, architecture, model, factors),
    );
    const names = new Map(
      roleNames(configuration.layers).map(({ role, gguf }) => [gguf, role]),
    );
    const tensors = matchTensors(path, found, names, configuration);
    if (known.interleaved) interleave(tensors, configuration);
    return { path, configuration, tensors, text: ggufText(path, metadata) };
  });
}

function interleave(
  tensors: Map<string, SourceTensor>,
  { layers, heads, keyHeads }: Configuration,
): void {
  for (let layer = 0; layer < layers; layer++) {
    for (const kind of ["query", "key", "queryBias", "keyBias"]) {
      const role = `${layer}.${kind}`;
      const tensor = tensors.get(role);
      if (tensor === undefined) continue;
      const interleavedHeads = kind.startsWith("query") ? heads : keyHeads;
      tensors.set(role, { ...tensor, interleavedHeads });
    }
  }
}

function configurationOf(
  path: string,
  architecture: string,
  { metadata, tensors }: GgufModel,
  divisors: Uint8Array<ArrayBuffer> | undefined,
): Configuration {
  const fields = new Fields(
    path,
    (name) => metadata.get(`${architecture}.${name}`),
  );
  for (const name of ["expert_count", "attention.clamp_kqv"]) {
    if (fields.has(name) && fields.number(name) !== 0) {
      throw fields.unsupported(
        `${architecture}.${name}`,
        fields.number(name),
        "only models without it are",
      );
    }
  }
  const layers = fields.count("block_count");
  const heads = fields.count("attention.head_count");
  const hidden = fields.count("embedding_length");
  const headSize = fields.count("attention.key_length", hidden / heads);
  if (fields.count("attention.value_length", headSize) !== headSize) {
    throw fields.unsupported(
      "attention.value_length",
      fields.count("attention.value_length"),
      `it must be attention.key_length, ${headSize}`,
    );
  }
  const contextLength = fields.count("context_length");
  const window = fields.has("attention.sliding_window")
    ? fields.count("attention.sliding_window")
    : undefined;
  const table = tensors.find(({ tensor }) =>
    tensor.key === "token_embd.weight"
  );
  return {
    architecture,
    layers,
    hidden,
    feedForward: fields.count("feed_forward_length"),
    heads,
    keyHeads: fields.count("attention.head_count_kv", heads),
    headSize,
    vocabulary: table?.tensor.sizes[1] ??
      listOf(metadata.get("tokenizer.ggml.tokens")).length,
    contextLength,
    epsilon: fields.number("attention.layer_norm_rms_epsilon"),
    rotation: {
      base: fields.number("rope.freq_base", 10_000),
      size: fields.count("rope.dimension_count", headSize),
      scaling: scalingOf(fields, contextLength),
      divisors: divisors &&
        [...new Float32Array(divisors.buffer, 0, divisors.length >>> 2)],
    },
    windows: new Array(layers).fill(window),
  };
}

function scalingOf(fields: Fields, contextLength: number): RotationScaling {
  const kind = fields.text("rope.scaling.type", "none");
  if (kind === "none") {
    const factor = fields.number("rope.scale_linear", 1);
    return factor === 1 ? { kind } : { kind: "linear", factor };
  }
  const factor = fields.number("rope.scaling.factor", 1);
  if (kind === "linear") return { kind, factor };
  if (kind === "yarn") {
    return {
      kind,
      factor,
      originalLength: fields.count(
        "rope.scaling.original_context_length",
        contextLength,
      ),
      betaFast: fields.number("rope.scaling.yarn_beta_fast", 32),
      betaSlow: fields.number("rope.scaling.yarn_beta_slow", 1),
      attentionFactor: fields.number("rope.scaling.attn_factor", 1) *
        (1 + 0.1 * Math.log(factor)),
    };
  }
  throw fields.unsupported(
    "rope.scaling.type",
    kind,
    "none, linear and yarn are",
  );
}
