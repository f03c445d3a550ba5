import { IreeError } from "../base/error.ts";

/** How the weights of a program are stored. */
export type WeightType = "f32" | "f16" | "bf16" | "int8" | "int4";

/** How positions change the angles of queries and keys. */
export interface RotationOptions {
  /** The base of the angles, 10000 or more. */
  readonly base: number;
  /** How many elements of a head rotate. */
  readonly size: number;
  /** How the angles of long contexts are scaled. */
  readonly scaling: RotationScaling;
  /** Divisors of the frequencies, from a tensor of the file. */
  readonly divisors?: readonly number[] | undefined;
}

/** How the angles of long contexts are scaled. */
export type RotationScaling =
  | { readonly kind: "none" }
  | { readonly kind: "linear"; readonly factor: number }
  | {
    readonly kind: "llama3";
    readonly factor: number;
    readonly lowFrequency: number;
    readonly highFrequency: number;
    readonly originalLength: number;
  }
  | {
    readonly kind: "yarn";
    readonly factor: number;
    readonly originalLength: number;
    readonly betaFast: number;
    readonly betaSlow: number;
    readonly attentionFactor: number;
  };

/** The sizes and options of a language model. */
export interface Configuration {
  /** Name of the architecture, such as `llama`. */
  readonly architecture: string;
  /** Number of layers. */
  readonly layers: number;
  /** Size of a token's vector. */
  readonly hidden: number;
  /** Size of the vectors inside the feed-forward parts. */
  readonly feedForward: number;
  /** Number of heads of queries. */
  readonly heads: number;
  /** Number of heads of keys and values. */
  readonly keyHeads: number;
  /** Size of a head's vectors. */
  readonly headSize: number;
  /** Number of tokens. */
  readonly vocabulary: number;
  /** The longest context that the model was trained for. */
  readonly contextLength: number;
  /** What is added to the mean square of a normalization. */
  readonly epsilon: number;
  /** How positions change queries and keys. */
  readonly rotation: RotationOptions;
  /** How many positions back each layer sees; all if undefined. */
  readonly windows: readonly (number | undefined)[];
}

/** Names of the tensors of a model, by role; `N` is the number of a layer. */
export interface RoleNames {
  /** The role, as the program names it. */
  readonly role: string;
  /** The tensor's name in a GGUF file. */
  readonly gguf: string;
  /** The tensor's name in a safetensors file. */
  readonly huggingFace: string;
}

/** The matrices of a model, which can have small element types. */
export const MATRICES: ReadonlySet<string> = new Set([
  ...["embedding", "output", "query", "key", "value", "attention"],
  ...["gate", "up", "down"],
]);

/** Matrices that have a row for each token. */
const TABLES: ReadonlySet<string> = new Set(["embedding", "output"]);

/**
 * How a tensor is stored: vectors are exact, and the tables of tokens, which suffer
 * most, do not get below 8 bits.
 *
 * @param role The tensor's role.
 * @param weights How matrices are stored.
 */
export function typeOfRole(role: string, weights: WeightType): WeightType {
  const kind = kindOf(role);
  if (!MATRICES.has(kind)) return "f32";
  return weights === "int4" && TABLES.has(kind) ? "int8" : weights;
}

/**
 * Matrices of a layer that are multiplied with the same rows. Those of integers are
 * one parameter, which has the name of the first.
 */
const JOINED: readonly (readonly string[])[] = [
  ["query", "key", "value"],
  ["gate", "up"],
];

/**
 * Lists the matrices that are in one parameter of integers.
 *
 * @param role The first one of them.
 * @returns Their roles; empty if the role is not the first one.
 */
export function joinedRoles(role: string): readonly string[] {
  const kind = kindOf(role);
  const kinds = JOINED.find((kinds) => kinds.includes(kind)) ?? [kind];
  const layer = role.slice(0, role.length - kind.length);
  return kind === kinds[0] ? kinds.map((it) => `${layer}${it}`) : [];
}

const GLOBAL: readonly RoleNames[] = [
  {
    role: "embedding",
    gguf: "token_embd.weight",
    huggingFace: "model.embed_tokens.weight",
  },
  {
    role: "outputNorm",
    gguf: "output_norm.weight",
    huggingFace: "model.norm.weight",
  },
  { role: "output", gguf: "output.weight", huggingFace: "lm_head.weight" },
];

/** Roles of a layer with their names in a layer of both formats. */
const LAYER: readonly (readonly [string, string, string])[] = [
  ["attentionNorm", "attn_norm.weight", "input_layernorm.weight"],
  ["query", "attn_q.weight", "self_attn.q_proj.weight"],
  ["key", "attn_k.weight", "self_attn.k_proj.weight"],
  ["value", "attn_v.weight", "self_attn.v_proj.weight"],
  ["attention", "attn_output.weight", "self_attn.o_proj.weight"],
  ["queryBias", "attn_q.bias", "self_attn.q_proj.bias"],
  ["keyBias", "attn_k.bias", "self_attn.k_proj.bias"],
  ["valueBias", "attn_v.bias", "self_attn.v_proj.bias"],
  ["attentionBias", "attn_output.bias", "self_attn.o_proj.bias"],
  ["queryNorm", "attn_q_norm.weight", "self_attn.q_norm.weight"],
  ["keyNorm", "attn_k_norm.weight", "self_attn.k_norm.weight"],
  ["forwardNorm", "ffn_norm.weight", "post_attention_layernorm.weight"],
  ["gate", "ffn_gate.weight", "mlp.gate_proj.weight"],
  ["up", "ffn_up.weight", "mlp.up_proj.weight"],
  ["down", "ffn_down.weight", "mlp.down_proj.weight"],
  ["gateBias", "ffn_gate.bias", "mlp.gate_proj.bias"],
  ["upBias", "ffn_up.bias", "mlp.up_proj.bias"],
  ["downBias", "ffn_down.bias", "mlp.down_proj.bias"],
];

/** Roles that a file need not have. */
export const OPTIONAL: ReadonlySet<string> = new Set([
  ...["output", "queryNorm", "keyNorm", "queryBias", "keyBias", "valueBias"],
  ...["attentionBias", "gateBias", "upBias", "downBias"],
]);

/**
 * Lists the tensors that a model can have.
 *
 * @param layers Number of layers.
 */
export function roleNames(layers: number): RoleNames[] {
  const names = [...GLOBAL];
  for (let layer = 0; layer < layers; layer++) {
    for (const [role, gguf, huggingFace] of LAYER) {
      names.push({
        role: `${layer}.${role}`,
        gguf: `blk.${layer}.${gguf}`,
        huggingFace: `model.layers.${layer}.${huggingFace}`,
      });
    }
  }
  return names;
}

/** The kind of a role: without the number of its layer. */
export function kindOf(role: string): string {
  return role.replace(/^\d+\./, "");
}

/**
 * Returns the shape that a role's tensor must have.
 *
 * @param role The role.
 * @param configuration The model's sizes.
 */
export function shapeOf(
  role: string,
  configuration: Configuration,
): readonly number[] {
  const { hidden, feedForward, heads, keyHeads, headSize, vocabulary } =
    configuration;
  const shapes: Readonly<Record<string, readonly number[]>> = {
    embedding: [vocabulary, hidden],
    output: [vocabulary, hidden],
    outputNorm: [hidden],
    attentionNorm: [hidden],
    query: [heads * headSize, hidden],
    key: [keyHeads * headSize, hidden],
    value: [keyHeads * headSize, hidden],
    attention: [hidden, heads * headSize],
    queryBias: [heads * headSize],
    keyBias: [keyHeads * headSize],
    valueBias: [keyHeads * headSize],
    attentionBias: [hidden],
    queryNorm: [headSize],
    keyNorm: [headSize],
    forwardNorm: [hidden],
    gate: [feedForward, hidden],
    up: [feedForward, hidden],
    down: [hidden, feedForward],
    gateBias: [feedForward],
    upBias: [feedForward],
    downBias: [hidden],
  };
  return shapes[kindOf(role)]!;
}

/**
 * Checks that the sizes of a model fit each other.
 *
 * @param path The file, for messages.
 * @param configuration The sizes.
 * @returns The same; throws INVALID_ARGUMENT if they do not.
 */
export function checkConfiguration(
  path: string,
  configuration: Configuration,
): Configuration {
  const { heads, keyHeads, headSize, rotation: { size } } = configuration;
  const refuse = (problem: string) =>
    new IreeError("INVALID_ARGUMENT", `'${path}': ${problem}`);
  if (heads % keyHeads !== 0) {
    throw refuse(
      `the number of heads must be a multiple of the number of key heads, ` +
        `${keyHeads}, got ${heads}`,
    );
  }
  if (!Number.isInteger(headSize)) {
    throw refuse(`the size of heads must be an integer, got ${headSize}`);
  }
  if (Number.isInteger(size) && size % 2 === 0 && size <= headSize) {
    return configuration;
  }
  throw refuse(
    `the rotary dimension of heads must be even and at most ${headSize}, got ` +
      `${size}`,
  );
}
