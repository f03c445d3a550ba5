import type { GgufValue } from "../parameters/gguf_format.ts";
import { Fields } from "./configuration_fields.ts";
import type { TextSource } from "./model_source.ts";
import {
  byteTokenizer,
  pieceTokenizer,
  type Vocabulary,
} from "./vocabulary.ts";

type Metadata = ReadonlyMap<string, GgufValue>;

/** Texts of tokens that end an answer, beside the one that a file names. */
const ENDS: ReadonlySet<string> = new Set([
  ...["<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|endoftext|>"],
  ...["<end_of_turn>", "<|end|>", "</s>", "<|eom_id|>"],
]);

/** Numbers of the kinds of tokens. */
const CONTROL = 3;

/** The values of an array of the metadata; none if it is not one. */
export function listOf(value: GgufValue | undefined): readonly GgufValue[] {
  return Array.isArray(value) ? value as readonly GgufValue[] : [];
}

/**
 * Reads what a GGUF file has about text.
 *
 * @param path The file, for messages.
 * @param metadata Its metadata.
 * @returns The tokenizer and the template, or nothing without a vocabulary;
 * throws UNIMPLEMENTED for a kind of vocabulary that is not supported.
 */
export function ggufText(
  path: string,
  metadata: Metadata,
): TextSource | undefined {
  const key = (name: string) => `tokenizer.ggml.${name}`;
  const tokens = listOf(metadata.get(key("tokens"))).map(String);
  if (tokens.length === 0) return undefined;
  const fields = new Fields(path, (name) => metadata.get(name));
  const model = fields.text(key("model"));
  const kinds = listOf(metadata.get(key("token_type"))).map(Number);
  const id = (name: string): number | undefined =>
    fields.has(key(name)) ? fields.number(key(name)) : undefined;
  const vocabulary: Vocabulary = {
    tokens,
    kinds,
    merges: listOf(metadata.get(key("merges"))).map(String),
    scores: listOf(metadata.get(key("scores"))).map(Number),
    splitting: fields.text(key("pre"), "default"),
    addsSpace: fields.flag(key("add_space_prefix"), true),
  };
  const beginToken = id("bos_token_id");
  return {
    tokenizer: tokenizerOf(fields, model, vocabulary),
    chatTemplate: fields.has("tokenizer.chat_template")
      ? fields.text("tokenizer.chat_template")
      : undefined,
    beginToken,
    endTokens: endsOf(vocabulary, [id("eos_token_id"), id("eot_token_id")]),
    addsBegin: beginToken !== undefined &&
      fields.flag(key("add_bos_token"), model === "llama"),
  };
}

function tokenizerOf(
  fields: Fields,
  model: string,
  vocabulary: Vocabulary,
): string {
  if (model === "gpt2") return byteTokenizer(fields, vocabulary);
  if (model === "llama") return pieceTokenizer(vocabulary);
  throw fields.unsupported(
    "tokenizer.ggml.model",
    model,
    "gpt2 and llama are",
  );
}

function endsOf(
  { tokens, kinds }: Vocabulary,
  named: readonly (number | undefined)[],
): number[] {
  const ends = new Set(named.filter((id) => id !== undefined));
  tokens.forEach((token, id) => {
    const isControl = kinds[id] === undefined || kinds[id] === CONTROL;
    if (isControl && ENDS.has(token)) ends.add(id);
  });
  return [...ends];
}
