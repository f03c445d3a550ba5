import type { Configuration } from "./configuration.ts";

/** A tensor of a model's files. */
export interface SourceTensor {
  /** Its name in its file. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** Offset of its contents in the file. */
  readonly offset: number;
  /** Length of its contents in bytes. */
  readonly byteLength: number;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** How its elements are stored: a type of GGUF or of safetensors. */
  readonly encoding: string;
  /** How many heads its rows have whose pairs are neighbors, if so. */
  readonly interleavedHeads?: number | undefined;
}

/** What the files of a model have about text. */
export interface TextSource {
  /** The tokenizer, as the text of a `tokenizer.json`. */
  readonly tokenizer: string;
  /** The chat template in Jinja, if any. */
  readonly chatTemplate: string | undefined;
  /** The token that begins a text, if prompts have it. */
  readonly beginToken: number | undefined;
  /** The tokens that end an answer. */
  readonly endTokens: readonly number[];
  /** Whether a prompt begins with `beginToken`. */
  readonly addsBegin: boolean;
}

/** A language model in its files. */
export interface ModelSource {
  /** The path that the caller passed. */
  readonly path: string;
  /** Sizes and options. */
  readonly configuration: Configuration;
  /** Tensors by role. */
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  /** What the files have about text, if they have a vocabulary. */
  readonly text: TextSource | undefined;
}
