/**
 * Small tokenizers of every kind, made by the tests.
 *
 * @module
 */

/** A `tokenizer.json`. */
export type TokenizerJson = Readonly<Record<string, unknown>>;

/** An added token. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
}

/**
 * Describes an added token in full, as files do.
 *
 * @param token What is not as usual.
 */
export function addedToken(
  token: Partial<AddedToken> & {
    readonly id: number;
    readonly content: string;
  },
): AddedToken {
  return {
    special: true,
    normalized: false,
    ...{ single_word: false, lstrip: false, rstrip: false },
    ...token,
  };
}

/** The contents of a file. */
export function fileOf(json: TokenizerJson): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** The character of each byte in vocabularies of bytes. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  const isPrinted = (byte: number) =>
    byte >= 33 && byte <= 126 || byte >= 161 && byte <= 172 || byte >= 174;
  let others = 256;
  return Array.from(
    { length: 256 },
    (_, byte) => String.fromCodePoint(isPrinted(byte) ? byte : others++),
  );
}

/** Merges of the tokenizer of bytes, in its characters. */
const MERGES = [
  ["h", "e"],
  ["l", "l"],
  ["he", "ll"],
  ["hell", "o"],
  ["Ġ", "w"],
  ["o", "r"],
  ["Ġw", "or"],
  ["l", "d"],
  ["Ġwor", "ld"],
  ["Ã", "¼"],
] as const;

/** Ids of the tokens that the tokenizer of bytes adds. */
export const BYTES = { hello: 259, world: 264, end: 266, tool: 267 } as const;

/**
 * A BPE tokenizer of bytes, as GPT-2's: ids 0 to 255 are bytes.
 *
 * @param others Other members of the file.
 */
export function byteTokenizer(others: TokenizerJson = {}): TokenizerJson {
  const tokens = [...BYTE_CHARACTERS, ...MERGES.map((pair) => pair.join(""))];
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [
      addedToken({ id: BYTES.end, content: "<|end|>" }),
      addedToken({ id: BYTES.tool, content: "<tool>", special: false }),
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: MERGES.map((pair) => pair.join(" ")),
    },
    ...others,
  };
}

const WORDS = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "hello",
  "world",
  "##s",
  ",",
];

/** Ids of the tokens of words. */
export const WORD = {
  pad: 0,
  unknown: 1,
  cls: 2,
  sep: 3,
  hello: 4,
  world: 5,
  s: 6,
  comma: 7,
} as const;

/**
 * A WordPiece tokenizer, as BERT's.
 *
 * @param others Other members of the file.
 */
export function wordTokenizer(others: TokenizerJson = {}): TokenizerJson {
  const special = (id: string, type_id: number) => ({
    SpecialToken: { id, type_id },
  });
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: WORDS.slice(0, 4).map((content, id) =>
      addedToken({ id, content })
    ),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [special("[CLS]", 0), text("A", 0), special("[SEP]", 0)],
      pair: [
        special("[CLS]", 0),
        text("A", 0),
        special("[SEP]", 0),
        text("B", 1),
        special("[SEP]", 1),
      ],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [WORD.cls], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [WORD.sep], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(WORDS.map((token, id) => [token, id])),
    },
    ...others,
  };
}

/**
 * A Unigram tokenizer, as T5's.
 *
 * @param others Other members of the file.
 */
export function pieceTokenizer(others: TokenizerJson = {}): TokenizerJson {
  const metaspace = {
    type: "Metaspace",
    replacement: "▁",
    prepend_scheme: "always",
    split: true,
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [addedToken({ id: 0, content: "<unk>" })],
    normalizer: null,
    pre_tokenizer: metaspace,
    post_processor: null,
    decoder: metaspace,
    model: {
      type: "Unigram",
      unk_id: 0,
      byte_fallback: false,
      vocab: [
        ["<unk>", 0],
        ["▁hello", -1],
        ["▁world", -1.5],
        ["▁", -3],
        ["s", -3.5],
        ["h", -6],
        ["e", -6],
        ["l", -6],
        ["o", -6],
      ],
    },
    ...others,
  };
}

/** A BPE tokenizer of characters with bytes for others, as Llama 2's. */
export function fallbackTokenizer(): TokenizerJson {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const tokens = [
    ...["<unk>", "<s>", "</s>"],
    ...bytes,
    ..."▁helowrd",
    ...["he", "ll", "hell", "hello", "▁hello", "▁w", "or", "▁wor"],
    ...["ld", "▁world"],
  ];
  const id = (token: string) => tokens.indexOf(token);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: ["<unk>", "<s>", "</s>"].map((content) =>
      addedToken({ id: id(content), content })
    ),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "<s>", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
      ],
      pair: [
        { SpecialToken: { id: "<s>", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "<s>", type_id: 1 } },
        { Sequence: { id: "B", type_id: 1 } },
      ],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [
        "h e",
        "l l",
        "he ll",
        "hell o",
        "▁ hello",
        "▁ w",
        "o r",
        "▁w or",
        "l d",
        "▁wor ld",
      ],
    },
  };
}

/** A `.tiktoken` file of bytes and a few merges, for any encoding. */
export function tiktokenFile(): Uint8Array<ArrayBuffer> {
  const bytes = Array.from({ length: 256 }, (_, byte) => [byte]);
  const merges = [
    "he",
    "ll",
    "hell",
    "hello",
    " w",
    "or",
    " wor",
    "ld",
    " world",
  ];
  const lines = [
    ...bytes.map((token) => btoa(String.fromCharCode(...token))),
    ...merges.map((token) => btoa(token)),
  ].map((token, rank) => `${token} ${rank}\n`);
  return new TextEncoder().encode(lines.join(""));
}
