import { assert, assertEquals, assertThrows } from "@std/assert";
import { IreeError } from "../../mod.ts";
import { type EncodeOptions, Tokenizer } from "../../lib/tokenizer/mod.ts";
import { TemporaryFolder, test } from "../support.ts";
import { corpus } from "./corpus.ts";
import { MADE } from "./made.ts";
import {
  BYTE_CHARACTERS,
  BYTES,
  byteTokenizer,
  fallbackTokenizer,
  fileOf,
  pieceTokenizer,
  tiktokenFile,
  type TokenizerJson,
  WORD,
  wordTokenizer,
} from "./made_tokenizers.ts";

function open(json: TokenizerJson): Tokenizer {
  return Tokenizer.fromBytes(fileOf(json));
}

test("Tokenizer.encode turns text into ids, and decode back", () => {
  using tokenizer = open(byteTokenizer());
  const { ids } = tokenizer.encode("hello world");
  assertEquals([...ids], [BYTES.hello, BYTES.world]);
  assertEquals(tokenizer.decode(ids), "hello world");
  assertEquals(tokenizer.decode([...ids]), "hello world");
});

test("Tokenizer describes its vocabulary", () => {
  using tokenizer = open(byteTokenizer());
  assertEquals(tokenizer.modelType, "BPE");
  assertEquals(tokenizer.idLimit, 268);
  assertEquals(tokenizer.size, 268);
  assertEquals(tokenizer.mergeCount, 10);
  assertEquals(tokenizer.tokenToId("hello"), BYTES.hello);
  assertEquals(tokenizer.tokenToId("Ġworld"), BYTES.world);
  assertEquals(tokenizer.tokenToId("missing"), undefined);
  assertEquals(tokenizer.idToToken(BYTES.world), "Ġworld");
  assertEquals(tokenizer.idToToken(32), BYTE_CHARACTERS[32]);
  assertEquals(tokenizer.idToToken(268), undefined);
  assertEquals(tokenizer.idToToken(0xffffffff), undefined);
  assertEquals(tokenizer.specialTokens.get("<|end|>"), BYTES.end);
  assertEquals(`${Deno.inspect(tokenizer)}`.includes('"BPE"'), true);
});

test("Special tokens are recognized in a text unless told otherwise", () => {
  using tokenizer = open(byteTokenizer());
  const encode = (matchSpecialTokens: boolean) => [
    ...tokenizer.encode("hello<|end|>", { matchSpecialTokens }).ids,
  ];
  assertEquals(encode(true), [BYTES.hello, BYTES.end]);
  const plain = encode(false);
  assertEquals(plain.includes(BYTES.end), false);
  assertEquals(tokenizer.decode(plain), "hello<|end|>");
});

test("Tokenizer.decode leaves out special tokens unless asked for", () => {
  using tokenizer = open(byteTokenizer());
  const ids = [BYTES.hello, BYTES.end];
  assertEquals(tokenizer.decode(ids), "hello");
  assertEquals(tokenizer.decode(ids, { specialTokens: true }), "hello<|end|>");
});

test("Ids without a token have no text", () => {
  using tokenizer = open(byteTokenizer());
  assertEquals(tokenizer.decode([BYTES.hello, 9999, 0xffffffff]), "hello");
});

test("Special tokens are added around texts and pairs", () => {
  using tokenizer = open(wordTokenizer());
  const { cls, sep, hello, world, s, comma, unknown } = WORD;
  const single = tokenizer.encode("Hello, worlds dog");
  assertEquals([...single.ids], [cls, hello, comma, world, s, unknown, sep]);
  assertEquals([...single.attentionMask], [1, 1, 1, 1, 1, 1, 1]);
  const pair = tokenizer.encode(["hello", "worlds"]);
  assertEquals([...pair.ids], [cls, hello, sep, world, s, sep]);
  assertEquals([...pair.typeIds], [0, 0, 0, 1, 1, 1]);
  const bare = tokenizer.encode("hello", { specialTokens: false });
  assertEquals([...bare.ids], [hello]);
});

test("A pair without special tokens is both texts", () => {
  using tokenizer = open(byteTokenizer());
  const { ids, typeIds, offsets } = tokenizer.encode(["hello", "hello world"], {
    offsets: true,
  });
  assertEquals([...ids], [BYTES.hello, BYTES.hello, BYTES.world]);
  assertEquals([...typeIds], [0, 1, 1]);
  assertEquals(offsets?.[1], [0, 5]);
  const plain = tokenizer.encode(["hello", "hello world"]);
  assertEquals([plain.ids, plain.typeIds], [ids, typeIds]);
});

test("Offsets are those of strings, or bytes", () => {
  using tokenizer = open(byteTokenizer());
  const text = "üü hello 😀 hello";
  const pick = (offsets: true | "bytes") =>
    tokenizer.encode(text, { offsets }).offsets!;
  const { ids } = tokenizer.encode(text);
  const at = [...ids].lastIndexOf(BYTES.hello);
  const [start, end] = pick(true)[at]!;
  assertEquals(text.slice(start, end), "hello");
  const [from, to] = pick("bytes")[at]!;
  const bytes = new TextEncoder().encode(text).slice(from, to);
  assertEquals(new TextDecoder().decode(bytes), "hello");
  assertEquals(tokenizer.encode(text).offsets, undefined);
});

test("Offsets of a pair are those of each text", () => {
  using tokenizer = open(wordTokenizer());
  const { offsets } = tokenizer.encode(["hello", ", world"], {
    offsets: true,
  });
  assertEquals(offsets, [[0, 0], [0, 5], [0, 0], [0, 1], [2, 7], [0, 0]]);
});

const TRUNCATION = {
  direction: "Right",
  max_length: 4,
  strategy: "LongestFirst",
  stride: 0,
};

const PADDING = {
  strategy: { Fixed: 6 },
  direction: "Right",
  pad_to_multiple_of: null,
  pad_id: WORD.pad,
  pad_type_id: 0,
  pad_token: "[PAD]",
};

test("Texts are cut and filled up as the file says", () => {
  using tokenizer = open(
    wordTokenizer({ truncation: TRUNCATION, padding: PADDING }),
  );
  const { cls, sep, hello, comma, pad } = WORD;
  const text = "hello, hello";
  const { ids, attentionMask } = tokenizer.encode(text);
  assertEquals([...ids], [cls, hello, comma, sep, pad, pad]);
  assertEquals([...attentionMask], [1, 1, 1, 1, 0, 0]);
  const whole = { truncation: false, padding: false } as const;
  assertEquals(
    [...tokenizer.encode(text, whole).ids],
    [cls, hello, comma, hello, sep],
  );
});

test("A batch is filled up to its longest text", () => {
  using tokenizer = open(wordTokenizer());
  const encode = (padding: object) =>
    tokenizer.encodeBatch(["hello", ["hello", "world"]], { padding })
      .map(({ ids }) => [...ids]);
  const { cls, sep, hello, world, pad } = WORD;
  assertEquals(encode({}), [
    [cls, hello, sep, pad, pad],
    [cls, hello, sep, world, sep],
  ]);
  assertEquals(encode({ direction: "left", multipleOf: 4, id: 7 }), [
    [7, 7, 7, 7, 7, cls, hello, sep],
    [7, 7, 7, cls, hello, sep, world, sep],
  ]);
  assertEquals(tokenizer.encodeBatch([]), []);
});

test("Pairs are cut where the strategy says", () => {
  using tokenizer = open(wordTokenizer());
  const pair = ["hello, hello", "world, world, world"] as const;
  const lengths = (truncation: object) => {
    const { typeIds } = tokenizer.encode(pair, {
      truncation: { maxLength: 8, ...truncation },
    });
    const second = typeIds.reduce((sum, id) => sum + id, 0);
    // Without the special tokens.
    return [typeIds.length - second - 2, second - 1];
  };
  assertEquals(lengths({}), [2, 3]);
  assertEquals(lengths({ maxLength: 9 }), [3, 3]);
  assertEquals(lengths({ maxLength: 10 }), [3, 4]);
  assertEquals(lengths({ maxLength: 10, strategy: "only-first" }), [2, 5]);
  assertEquals(lengths({ strategy: "only-second" }), [3, 2]);
  assertThrows(
    () => lengths({ strategy: "only-first", maxLength: 6 }),
    IreeError,
  );
  assertThrows(
    () => lengths({ maxLength: 2 }),
    IreeError,
    "truncation.maxLength must be at least 3",
  );
});

test("Texts are cut at either side", () => {
  using tokenizer = open(wordTokenizer());
  const { cls, sep, hello, comma, world } = WORD;
  const cut = (direction: "left" | "right") => {
    const { ids, offsets } = tokenizer.encode("hello, world", {
      truncation: { maxLength: 4, direction },
      offsets: true,
    });
    return { ids: [...ids], offsets };
  };
  assertEquals(cut("right"), {
    ids: [cls, hello, comma, sep],
    offsets: [[0, 0], [0, 5], [5, 6], [0, 0]],
  });
  assertEquals(cut("left"), {
    ids: [cls, comma, world, sep],
    offsets: [[0, 0], [5, 6], [7, 12], [0, 0]],
  });
});

test("A batch has the same tokens as its texts alone", () => {
  const texts = ["", "hello", "hello world", "ü".repeat(5000), "\0", "x y"];
  for (const json of [byteTokenizer(), wordTokenizer(), pieceTokenizer()]) {
    using tokenizer = open(json);
    assertEquals(
      tokenizer.encodeBatch(texts),
      texts.map((text) => tokenizer.encode(text)),
    );
    const lists = texts.map((text) => tokenizer.encode(text).ids);
    assertEquals(
      tokenizer.decodeBatch(lists),
      lists.map((ids) => tokenizer.decode(ids)),
    );
  }
});

test("A text of any length is encoded alone as in a batch", () => {
  const lengths = [0, 1, 2, 61, 62, 63, 64, 65, 66, 200, 5000];
  const texts = lengths.flatMap((length) =>
    ["h", "\x7f", "ü", "\ud800"].map((last) => "h".repeat(length) + last)
  );
  const options: EncodeOptions[] = [
    {},
    { truncation: { maxLength: 64 } },
    { truncation: { maxLength: 65, direction: "left" } },
    { padding: { length: 66, id: 3, typeId: 1 } },
    { padding: { multipleOf: 64, direction: "left" } },
    { padding: { length: 64 }, truncation: { maxLength: 60 } },
    { padding: { length: 5, multipleOf: 8, id: 7 }, offsets: true },
  ];
  for (const json of [byteTokenizer(), wordTokenizer()]) {
    using tokenizer = open(json);
    for (const option of options) {
      const alone = texts.map((text) => tokenizer.encode(text, option));
      const batches = texts.map((text) =>
        tokenizer.encodeBatch([text], option)
      );
      assertEquals(alone, batches.flat(), JSON.stringify(option));
    }
  }
});

test("An encoding's arrays are parts of its own memory", () => {
  using tokenizer = open(wordTokenizer());
  const { ids, typeIds, attentionMask } = tokenizer.encode("hello world");
  const next = tokenizer.encode("hello world");
  assertEquals(ids.byteOffset, 0);
  assertEquals(typeIds.buffer === ids.buffer, true);
  assertEquals(attentionMask.buffer === ids.buffer, true);
  assertEquals(next.ids.buffer === ids.buffer, false);
  const before = [...next.ids];
  ids.fill(1);
  typeIds.fill(2);
  attentionMask.fill(3);
  assertEquals([...next.ids], before);
  assertEquals([...tokenizer.encode("hello world").ids], before);
});

test("A text has the same tokens, whatever was encoded before", () => {
  const texts = corpus(60);
  for (const [name, json] of Object.entries(MADE)) {
    using used = open(json);
    using encoder = used.encoder();
    const again = () =>
      texts.map((text) => {
        const parts = encoder.push(text);
        const whole = [...parts, ...encoder.finish()];
        return [[...used.encode(text).ids], whole];
      });
    const first = again();
    assertEquals(again(), first, name);
    assertEquals(
      texts.map((text) => {
        using fresh = open(json);
        return [...fresh.encode(text).ids];
      }),
      first.map(([ids]) => ids!),
      name,
    );
  }
});

test("Tokenizers of pieces and of characters with bytes decode spaces", () => {
  for (const json of [pieceTokenizer(), fallbackTokenizer()]) {
    using tokenizer = open(json);
    for (const text of ["hello world hello", "hello  world ", ""]) {
      const { ids } = tokenizer.encode(text);
      assertEquals(tokenizer.decode(ids), text);
      using decoder = tokenizer.decoder();
      const parts = [...ids].map((id) => decoder.push(id));
      assertEquals(parts.join("") + decoder.finish(), text);
    }
  }
});

test("Tokenizer.fromFile opens both formats", () => {
  using folder = new TemporaryFolder();
  const json = folder.join("tokenizer.json");
  const tiktoken = folder.join("cl100k_base.tiktoken");
  Deno.writeFileSync(json, fileOf(byteTokenizer()));
  Deno.writeFileSync(tiktoken, tiktokenFile());
  using first = Tokenizer.fromFile(json);
  assertEquals(first.encode("hello").ids.length, 1);
  using second = Tokenizer.fromFile(tiktoken);
  const { ids } = second.encode("hello world 1234");
  assertEquals(second.decode(ids), "hello world 1234");
  assertEquals(second.decode(second.encode("hello").ids), "hello");
  assert(second.specialTokens.has("<|endoftext|>"));
  using third = Tokenizer.fromBytes(tiktokenFile(), {
    encoding: "r50k_base",
  });
  assertEquals(third.specialTokens.size, 1);
});

test("A tokenizer that cannot be opened is an IreeError that names it", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("other.tiktoken");
  Deno.writeFileSync(path, tiktokenFile());
  assertThrows(
    () => Tokenizer.fromFile(path),
    IreeError,
    "encoding must be cl100k_base or",
  );
  assertThrows(
    () => Tokenizer.fromFile(folder.join("missing.json")),
    IreeError,
    "missing.json",
  );
  assertThrows(
    () => Tokenizer.fromBytes(new TextEncoder().encode("{}")),
    IreeError,
    "model",
  );
  assertThrows(
    () => open(byteTokenizer({ normalizer: { type: "NoSuchThing" } })),
    IreeError,
    "NoSuchThing",
  );
  assertThrows(
    () => open(byteTokenizer({ padding: { strategy: "Other" } })),
    IreeError,
    "padding strategy",
  );
});

test("Lone surrogates become U+FFFD", () => {
  using tokenizer = open(byteTokenizer());
  const { ids } = tokenizer.encode("a\ud800b");
  assertEquals(tokenizer.decode(ids), "a\ufffdb");
});

test("Tokens outlive their tokenizer, and a disposed one is rejected", () => {
  const tokenizer = open(byteTokenizer());
  const decoder = tokenizer.decoder();
  const encoder = tokenizer.encoder();
  tokenizer.dispose();
  assertEquals(decoder.push(BYTES.hello) + decoder.finish(), "hello");
  assertEquals([...encoder.push("hello"), ...encoder.finish()], [BYTES.hello]);
  decoder.dispose();
  encoder.dispose();
  assertThrows(() => tokenizer.encode("hello"), IreeError, "disposed");
  assertThrows(() => decoder.push(1), IreeError, "disposed");
});

test("A sequence of pre-tokenizers splits texts of any number of words", () => {
  const split = (Regex: string) => ({
    ...{ type: "Split", pattern: { Regex }, behavior: "Isolated" },
    invert: false,
  });
  const bytes = { type: "ByteLevel", add_prefix_space: false };
  const sequences = [
    [{ type: "Digits", individual_digits: true }, split(" ?\\p{L}+|\\s+")],
    [split("\\p{N}"), split(" ?\\p{L}+|\\s+")],
    [split(" ?\\p{L}+")],
  ];
  for (const splitting of sequences) {
    using tokenizer = open(byteTokenizer({
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          ...splitting,
          { ...bytes, trim_offsets: true, use_regex: false },
        ],
      },
    }));
    for (const count of [1, 62, 63, 64, 65, 127, 128, 129, 1000]) {
      const text = `hello${" world".repeat(count)}`;
      const worlds = Array.from({ length: count }, () => BYTES.world);
      const expected = [BYTES.hello, ...worlds];
      assertEquals([...tokenizer.encode(text).ids], expected);
      const digit = tokenizer.encode("1").ids[0]!;
      const longer = tokenizer.encode(`${text}1${text} `).ids;
      const space = tokenizer.encode(" ").ids[0]!;
      assertEquals([...longer], [...expected, digit, ...expected, space]);
    }
  }
});
