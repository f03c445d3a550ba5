/**
 * Tiny language models with random weights, written as a folder of Hugging Face
 * and as a GGUF file.
 *
 * @module
 */

import { join } from "@std/path";
import { Random } from "../../lib/language/random.ts";

/** A tensor with its numbers. */
export interface TinyTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** A model: the contents of `config.json`, and tensors by name. */
export interface TinyModel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, TinyTensor>;
}

/** Parts that a model can have. */
export interface TinyParts {
  readonly config?: Readonly<Record<string, unknown>>;
  /** Whether queries, keys and values have biases. */
  readonly biases?: boolean;
  /** Whether every other matrix of a layer has a bias. */
  readonly moreBiases?: boolean;
  /** Whether heads are normalized. */
  readonly headNorms?: boolean;
  /** Whether the table of tokens is the output, too. */
  readonly tied?: boolean;
}

/** Sizes of every tiny model. */
export const TINY = {
  hidden: 32,
  heads: 4,
  keyHeads: 2,
  headSize: 8,
  feedForward: 48,
  vocabulary: 320,
  layers: 2,
} as const;

/** Makes a model. */
export function tinyModel(parts: TinyParts = {}, seed = 1): TinyModel {
  const { hidden, heads, keyHeads, headSize, feedForward, vocabulary, layers } =
    TINY;
  const random = new Random(seed);
  const tensors = new Map<string, TinyTensor>();
  const add = (name: string, shape: readonly number[], base = 0) => {
    const size = shape.reduce((left, right) => left * right, 1);
    const spread = shape.length === 1 ? 0.5 : 2 / Math.sqrt(shape[1]!);
    const values = Float32Array.from(
      { length: size },
      () => base + (random.next() * 2 - 1) * spread,
    );
    tensors.set(name, { shape, values });
  };
  add("model.embed_tokens.weight", [vocabulary, hidden]);
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string) => `model.layers.${layer}.${name}`;
    const linear = (name: string, shape: readonly number[], bias = false) => {
      add(at(`${name}.weight`), shape);
      if (bias) add(at(`${name}.bias`), [shape[0]!]);
    };
    const { biases, moreBiases } = parts;
    add(at("input_layernorm.weight"), [hidden], 1);
    linear("self_attn.q_proj", [heads * headSize, hidden], biases);
    linear("self_attn.k_proj", [keyHeads * headSize, hidden], biases);
    linear("self_attn.v_proj", [keyHeads * headSize, hidden], biases);
    linear("self_attn.o_proj", [hidden, heads * headSize], moreBiases);
    if (parts.headNorms) {
      add(at("self_attn.q_norm.weight"), [headSize], 1);
      add(at("self_attn.k_norm.weight"), [headSize], 1);
    }
    add(at("post_attention_layernorm.weight"), [hidden], 1);
    linear("mlp.gate_proj", [feedForward, hidden], moreBiases);
    linear("mlp.up_proj", [feedForward, hidden], moreBiases);
    linear("mlp.down_proj", [hidden, feedForward], moreBiases);
  }
  add("model.norm.weight", [hidden], 1);
  if (!parts.tied) add("lm_head.weight", [vocabulary, hidden]);
  return {
    config: {
      model_type: "llama",
      hidden_size: hidden,
      intermediate_size: feedForward,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: keyHeads,
      head_dim: headSize,
      vocab_size: vocabulary,
      max_position_embeddings: 512,
      // What 32 bits of a GGUF file become, so that the programs are the same.
      rms_norm_eps: Math.fround(1e-5),
      rope_theta: 10000,
      hidden_act: "silu",
      tie_word_embeddings: parts.tied ?? false,
      ...parts.config,
    },
    tensors,
  };
}

/** Element types of the files that are written. */
export type FileType = "F32" | "F16" | "BF16";

/** Stores numbers. */
export function encode(
  values: Float32Array<ArrayBuffer>,
  type: FileType,
): Uint8Array<ArrayBuffer> {
  if (type === "F32") return new Uint8Array(values.slice().buffer);
  if (type === "F16") return new Uint8Array(new Float16Array(values).buffer);
  const bits = new Uint32Array(values.slice().buffer);
  return new Uint8Array(Uint16Array.from(bits, (it) => it >>> 16).buffer);
}

/** Writes a model as a folder of Hugging Face. */
export async function writeFolder(
  folder: string,
  { config, tensors }: TinyModel,
  type: FileType = "F32",
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  const header: Record<string, unknown> = {};
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    const bytes = encode(values, type);
    header[name] = {
      dtype: type,
      shape,
      data_offsets: [at, at + bytes.length],
    };
    parts.push(bytes);
    at += bytes.length;
  }
  const text = JSON.stringify(header);
  // The contents begin where programs can map them.
  const json = new TextEncoder().encode(
    text.padEnd(Math.ceil((text.length + 8) / 64) * 64 - 8),
  );
  const length = new Uint8Array(
    new BigUint64Array([BigInt(json.length)]).buffer,
  );
  const file = new Blob([length, json, ...parts]);
  await Deno.writeFile(join(folder, "model.safetensors"), file.stream());
}

/** Names of the tensors of a layer in GGUF files. */
const GGUF_NAMES: readonly (readonly [string, string])[] = [
  ["model.embed_tokens", "token_embd"],
  ["model.norm", "output_norm"],
  ["lm_head", "output"],
  ["input_layernorm", "attn_norm"],
  ["post_attention_layernorm", "ffn_norm"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"],
  ["self_attn.q_norm", "attn_q_norm"],
  ["self_attn.k_norm", "attn_k_norm"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
];

/** A value of a GGUF file's metadata. */
export type TinyValue =
  | string
  | number
  | boolean
  | readonly (string | number)[];

/** Options for writing a GGUF file. */
export interface GgufOptions {
  readonly architecture?: string;
  /** More metadata; undefined removes a value. */
  readonly metadata?: Readonly<Record<string, TinyValue | undefined>>;
  /** Stores a matrix: number of its type, and its bytes. */
  readonly store?: (
    values: Float32Array<ArrayBuffer>,
    shape: readonly number[],
  ) => readonly [number, Uint8Array<ArrayBuffer>];
  /** More tensors. */
  readonly tensors?: ReadonlyMap<string, TinyTensor>;
}

/**
 * Writes a model as a GGUF file.
 *
 * @returns Where its parts end: each number and text of the header, and each
 * tensor.
 */
export async function writeGguf(
  path: string,
  { config, tensors }: TinyModel,
  options: GgufOptions = {},
): Promise<readonly number[]> {
  const { architecture = "llama" } = options;
  const named = new Map<string, TinyTensor>(options.tensors);
  for (const [name, tensor] of tensors) {
    named.set(
      ggufName(name),
      architecture === "llama" ? interleaved(name, tensor) : tensor,
    );
  }
  const key = (name: string) => `${architecture}.${name}`;
  const metadata: Record<string, TinyValue | undefined> = {
    "general.architecture": architecture,
    [key("block_count")]: TINY.layers,
    [key("context_length")]: Number(config.max_position_embeddings),
    [key("embedding_length")]: TINY.hidden,
    [key("feed_forward_length")]: TINY.feedForward,
    [key("attention.head_count")]: TINY.heads,
    [key("attention.head_count_kv")]: TINY.keyHeads,
    [key("attention.layer_norm_rms_epsilon")]: 1e-5,
    [key("rope.dimension_count")]: TINY.headSize,
    [key("rope.freq_base")]: 10000,
    ...options.metadata,
  };
  const writer = new ByteWriter();
  writer.text("GGUF", false);
  writer.u32(3);
  writer.u64(named.size);
  const pairs = Object.entries(metadata).filter(([, it]) => it !== undefined);
  writer.u64(pairs.length);
  for (const [name, value] of pairs) {
    writer.text(name);
    writer.value(value!);
  }
  const store = options.store ?? ((values) => [0, encode(values, "F32")]);
  let offset = 0;
  const contents: Uint8Array<ArrayBuffer>[] = [];
  for (const [name, { shape, values }] of named) {
    const [type, bytes] = shape.length === 1
      ? [0, encode(values, "F32")] as const
      : store(values, shape);
    writer.text(name);
    writer.u32(shape.length);
    for (const size of shape.toReversed()) writer.u64(size);
    writer.u32(type);
    writer.u64(offset);
    const padded = new Uint8Array(Math.ceil(bytes.length / 32) * 32);
    padded.set(bytes);
    contents.push(padded);
    offset += padded.length;
  }
  const { ends } = writer;
  writer.pad(32);
  const header = writer.bytes();
  await Deno.writeFile(path, new Blob([header, ...contents]).stream());
  let end = header.length;
  return [...ends, end, ...contents.map(({ length }) => end += length)];
}

function ggufName(name: string): string {
  const layer = /^model\.layers\.(\d+)\.(.*)\.(weight|bias)$/.exec(name);
  const [, number, part, kind] = layer ??
    /^()(.*)\.(weight|bias)$/.exec(name)!;
  const known = GGUF_NAMES.find(([it]) => it === part)![1];
  return number === "" ? `${known}.${kind}` : `blk.${number}.${known}.${kind}`;
}

// As llama.cpp stores queries and keys: pairs that rotate together are neighbors.
function interleaved(name: string, tensor: TinyTensor): TinyTensor {
  if (!/\.[qk]_proj\./.test(name)) return tensor;
  const { shape, values } = tensor;
  const width = shape[1] ?? 1;
  const { headSize } = TINY;
  const half = headSize / 2;
  const moved = values.slice();
  for (let row = 0; row < shape[0]!; row++) {
    const [head, at] = [Math.floor(row / headSize), row % headSize];
    const to = head * headSize + (at % half) * 2 + Math.floor(at / half);
    moved.set(values.subarray(row * width, (row + 1) * width), to * width);
  }
  return { shape, values: moved };
}

class ByteWriter {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  /** Where the parts end. */
  get ends(): number[] {
    let end = 0;
    return this.#parts.map(({ length }) => end += length);
  }

  u32(value: number): void {
    this.#add(new Uint8Array(new Uint32Array([value]).buffer));
  }

  u64(value: number): void {
    this.#add(new Uint8Array(new BigUint64Array([BigInt(value)]).buffer));
  }

  text(text: string, hasLength = true): void {
    const bytes = new TextEncoder().encode(text);
    if (hasLength) this.u64(bytes.length);
    this.#add(bytes);
  }

  value(value: TinyValue): void {
    const type = typeOf(value);
    this.u32(type);
    if (Array.isArray(value)) {
      const [first = 0] = value as readonly (string | number)[];
      this.u32(typeOf(first));
      this.u64(value.length);
      for (const item of value) this.#scalar(typeOf(first), item);
    } else this.#scalar(type, value as string | number | boolean);
  }

  pad(alignment: number): void {
    const length = Math.ceil(this.#length / alignment) * alignment;
    this.#add(new Uint8Array(length - this.#length));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #scalar(type: number, value: string | number | boolean): void {
    if (type === 8) this.text(String(value));
    else if (type === 7) this.#add(new Uint8Array([Number(value)]));
    else if (type === 6) {
      this.#add(new Uint8Array(new Float32Array([Number(value)]).buffer));
    } else this.u32(Number(value));
  }

  #add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }
}

function typeOf(value: TinyValue): number {
  if (typeof value === "string") return 8;
  if (typeof value === "boolean") return 7;
  if (typeof value !== "number") return 9;
  return Number.isInteger(value) ? 4 : 6;
}
