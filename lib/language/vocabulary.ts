import type { Fields } from "./configuration_fields.ts";

// IREE's tokenizer reads the files of Hugging Face, so a vocabulary of a GGUF file
// becomes one.

/** A vocabulary of a GGUF file. */
export interface Vocabulary {
  /** The tokens by id. */
  readonly tokens: readonly string[];
  /** The kinds of tokens by id: 3 for control tokens, 4 for the user's. */
  readonly kinds: readonly number[];
  /** Pairs that are merged, the most important first. */
  readonly merges: readonly string[];
  /** How important tokens are, by id. */
  readonly scores: readonly number[];
  /** How texts are split before they are merged. */
  readonly splitting: string;
  /** Whether a space precedes the text. */
  readonly addsSpace: boolean;
}

const GPT2 =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const CASELESS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|" +
  " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** How texts are split, by the names of llama.cpp. */
const SPLITTINGS: ReadonlyMap<string, readonly object[]> = new Map([
  ["gpt-2", [split(GPT2)]],
  ["default", [split(GPT2)]],
  ["llama-bpe", [split(CASELESS)]],
  ["llama3", [split(CASELESS)]],
  ["qwen2", [split(CASELESS.replace("{1,3}", ""))]],
  ["smollm", [{ type: "Digits", individual_digits: true }, split(GPT2)]],
]);

function split(regex: string): object {
  return {
    type: "Split",
    pattern: { Regex: regex },
    behavior: "Isolated",
    invert: false,
  };
}

/** Kinds of tokens that are whole wherever a text has them. */
const CONTROL = 3;
const USER = 4;
const BYTE = 6;

/**
 * Writes the `tokenizer.json` of a vocabulary of bytes, as GPT-2's.
 *
 * @param fields The file, for messages.
 * @param vocabulary The vocabulary.
 */
export function byteTokenizer(fields: Fields, vocabulary: Vocabulary): string {
  const splitting = SPLITTINGS.get(vocabulary.splitting);
  if (splitting === undefined) {
    throw fields.unsupported(
      "tokenizer.ggml.pre",
      vocabulary.splitting,
      `supported are ${[...SPLITTINGS.keys()].join(", ")}`,
    );
  }
  const bytes = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: false,
  };
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: [...splitting, bytes] },
    post_processor: null,
    decoder: bytes,
    model: {
      ...BPE,
      vocab: idsOf(vocabulary),
      merges: vocabulary.merges.map((merge) => merge.split(" ")),
    },
  });
}

/**
 * Writes the `tokenizer.json` of a vocabulary of SentencePiece, as Llama 2's. Its
 * merges follow from the scores.
 *
 * @param vocabulary The vocabulary.
 */
export function pieceTokenizer(vocabulary: Vocabulary): string {
  const { tokens, kinds, addsSpace } = vocabulary;
  const prepend = addsSpace ? [{ type: "Prepend", prepend: "▁" }] : [];
  const strip = addsSpace
    ? [{ type: "Strip", content: " ", start: 1, stop: 0 }]
    : [];
  const unknown = tokens.find((_, id) => kinds[id] === 2) ?? null;
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    normalizer: {
      type: "Sequence",
      normalizers: [
        ...prepend,
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...strip,
      ],
    },
    model: {
      ...BPE,
      unk_token: unknown,
      fuse_unk: true,
      byte_fallback: kinds.includes(BYTE),
      vocab: idsOf(vocabulary),
      merges: mergesOf(vocabulary),
    },
  });
}

const BPE = {
  type: "BPE",
  dropout: null,
  unk_token: null as string | null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};

function idsOf({ tokens }: Vocabulary): Record<string, number> {
  const ids: Record<string, number> = Object.create(null);
  tokens.forEach((token, id) => ids[token] = id);
  return ids;
}

function addedTokens({ tokens, kinds }: Vocabulary): object[] {
  return tokens.flatMap((content, id) =>
    kinds[id] !== CONTROL && kinds[id] !== USER ? [] : [{
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: kinds[id] === CONTROL,
    }]
  );
}

// A token is merged from any two tokens that it consists of; those with high
// scores are merged first.
function mergesOf({ tokens, scores, kinds }: Vocabulary): string[][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: { pair: string[]; id: number; left: number; right: number }[] =
    [];
  tokens.forEach((token, id) => {
    if (kinds[id] === CONTROL || kinds[id] === BYTE) return;
    const characters = [...token];
    for (let at = 1; at < characters.length; at++) {
      const pair = [
        characters.slice(0, at).join(""),
        characters.slice(at).join(""),
      ];
      const [left, right] = pair.map((part) => ids.get(part));
      if (left === undefined || right === undefined) continue;
      merges.push({ pair, id, left, right });
    }
  });
  merges.sort((one, two) =>
    (scores[two.id] ?? 0) - (scores[one.id] ?? 0) ||
    one.left - two.left || one.right - two.right
  );
  return merges.map(({ pair }) => pair);
}
