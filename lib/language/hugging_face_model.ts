import { join } from "@std/path/join";
import { BinaryFile } from "../files/binary_file.ts";
import { withFile } from "../files/byte_source.ts";
import { readSafetensors } from "../parameters/safetensors_format.ts";
import {
  checkConfiguration,
  type Configuration,
  roleNames,
  type RotationScaling,
} from "./configuration.ts";
import { Fields } from "./configuration_fields.ts";
import { huggingFaceText } from "./hugging_face_text.ts";
import { finder, readJson } from "./json_file.ts";
import { matchTensors } from "./match_tensors.ts";
import type { ModelSource, SourceTensor } from "./model_source.ts";

/** Architectures by the `model_type` of a `config.json`. */
const ARCHITECTURES: readonly string[] = [
  "llama",
  "mistral",
  "qwen2",
  "qwen3",
];

/** Files with the tensors: one, or an index of several. */
const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/**
 * Reads the description of a language model in a folder of Hugging Face:
 * `config.json`, safetensors, and the files of the tokenizer.
 *
 * @param folder The folder.
 * @returns The model; throws UNIMPLEMENTED for what is not supported.
 */
export function readHuggingFaceModel(folder: string): ModelSource {
  const path = join(folder, "config.json");
  const fields = new Fields(path, finder(readJson(path)));
  const configuration = checkConfiguration(path, configurationOf(fields));
  const found = new Map<string, SourceTensor>();
  for (const file of filesOf(folder)) {
    withFile(file, (source) => {
      const tensors = readSafetensors(new BinaryFile(file, source));
      for (const { entry, shape, type } of tensors) {
        found.set(entry.key, {
          name: entry.key,
          path: file,
          offset: entry.offset,
          byteLength: entry.byteLength,
          shape,
          encoding: type,
        });
      }
    });
  }
  // Some files repeat the table of tokens as the output.
  if (fields.flag("tie_word_embeddings", false)) found.delete("lm_head.weight");
  const names = new Map(
    roleNames(configuration.layers).map((
      { role, huggingFace },
    ) => [huggingFace, role]),
  );
  const tensors = matchTensors(folder, found, names, configuration);
  return {
    path: folder,
    configuration,
    tensors,
    text: huggingFaceText(folder, fields),
  };
}

function filesOf(folder: string): string[] {
  const index = join(folder, INDEX);
  const table = readJson(index, true);
  if (table === undefined) return [join(folder, SINGLE)];
  const map = new Fields(index, finder(table)).inner("weight_map");
  if (map === undefined) return [];
  const files = new Set<string>();
  for (const name of Object.keys(table["weight_map"] as object)) {
    const file = map.text(name);
    if (/[/\\]/.test(file)) throw map.refuse(name, "a file's name", file);
    files.add(join(folder, file));
  }
  return [...files];
}

function configurationOf(fields: Fields): Configuration {
  const architecture = fields.text("model_type");
  if (!ARCHITECTURES.includes(architecture)) {
    throw fields.unsupported(
      "model_type",
      architecture,
      `supported are ${ARCHITECTURES.join(", ")}`,
    );
  }
  if (fields.has("quantization_config")) {
    throw fields.unsupported(
      "quantization_config",
      fields.inner("quantization_config")?.text("quant_method", ""),
      "load the unquantized weights",
    );
  }
  const activation = fields.text("hidden_act", "silu");
  if (activation !== "silu") {
    throw fields.unsupported("hidden_act", activation, "silu is");
  }
  const layers = fields.count("num_hidden_layers");
  const heads = fields.count("num_attention_heads");
  const hidden = fields.count("hidden_size");
  const headSize = fields.count("head_dim", hidden / heads);
  const contextLength = fields.count("max_position_embeddings");
  return {
    architecture,
    layers,
    hidden,
    feedForward: fields.count("intermediate_size"),
    heads,
    keyHeads: fields.count("num_key_value_heads", heads),
    headSize,
    vocabulary: fields.count("vocab_size"),
    contextLength,
    epsilon: fields.number("rms_norm_eps"),
    rotation: {
      base: fields.number("rope_theta", 10_000),
      size: headSize * fields.number("partial_rotary_factor", 1),
      scaling: scalingOf(fields.inner("rope_scaling"), contextLength),
    },
    windows: windowsOf(fields, architecture, layers),
  };
}

function windowsOf(
  fields: Fields,
  architecture: string,
  layers: number,
): (number | undefined)[] {
  const isUsed = architecture === "mistral" ||
    fields.flag("use_sliding_window", false);
  const window = isUsed && fields.has("sliding_window")
    ? fields.count("sliding_window")
    : undefined;
  // Qwen's first layers see everything.
  const first = architecture.startsWith("qwen")
    ? fields.number("max_window_layers", 0)
    : 0;
  return Array.from(
    { length: layers },
    (_, layer) => layer < first ? undefined : window,
  );
}

function scalingOf(
  fields: Fields | undefined,
  contextLength: number,
): RotationScaling {
  if (fields === undefined) return { kind: "none" };
  const name = fields.has("rope_type") ? "rope_type" : "type";
  const kind = fields.text(name);
  if (kind === "default") return { kind: "none" };
  if (kind === "linear") return { kind, factor: fields.number("factor") };
  if (kind === "llama3") {
    return {
      kind,
      factor: fields.number("factor"),
      lowFrequency: fields.number("low_freq_factor"),
      highFrequency: fields.number("high_freq_factor"),
      originalLength: fields.count("original_max_position_embeddings"),
    };
  }
  if (kind === "yarn") {
    const factor = fields.number("factor");
    return {
      kind,
      factor,
      originalLength: fields.count(
        "original_max_position_embeddings",
        contextLength,
      ),
      betaFast: fields.number("beta_fast", 32),
      betaSlow: fields.number("beta_slow", 1),
      attentionFactor: fields.number(
        "attention_factor",
        1 + 0.1 * Math.log(factor),
      ),
    };
  }
  throw fields.unsupported(
    `rope_scaling.${name}`,
    kind,
    "default, linear, llama3 and yarn are",
  );
}
