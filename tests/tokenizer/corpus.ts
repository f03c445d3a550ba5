/**
 * Texts that tokenizers are compared on.
 *
 * @module
 */

import { Random } from "../mutations/random.ts";

const WORDS =
  ("the of and to in is that hello world function return const let 日本語 テスト " +
    "中文 测试 한국어 привет мир γειά σου مرحبا שלום ประเทศไทย हिन्दी naïve café " +
    "résumé Straße ÆØÅ fi ﬁ ½ ² ① ㎏ ﷺ İstanbul ı ẞ I'm you're we'll they've IT'S " +
    "don't 123 45678 3.14159 1,000,000 0x1F __init__ foo_bar fooBar").split(
      " ",
    );

const MARKS = [..."….,;:!?\"'`()[]{}<>/\\|@#$%^&*-_=+~—–“”«»¿¡、。「」"];

const SPACES = [
  ...Array<string>(12).fill(" "),
  ...["  ", "   ", "\n", "\n\n", "\t", "\r\n", " \n", "\u00a0", "\u3000"],
  ...["\u2028", "\u200b"],
];

const CLUSTERS = [
  ..."😀 👍🏽 👨‍👩‍👧‍👦 🇩🇪 ❤️ ☺ 🏳️‍🌈".split(" "),
  ...["e\u0301", "a\u0308", "o\u0302\u0323", "n\u0303", "\u1100\u1161\u11a8"],
];

const SPECIAL =
  ("<s> </s> <unk> <|endoftext|> <|end|> <tool> [CLS] [SEP] [MASK] <think> " +
    "</think> <|im_start|> <bos> <eos> <pad> <mask> <tool_call>").split(" ");

const LINES = [
  ...["if (x > 0) {", "return foo(bar, baz);", "def f(self, *args):", "}"],
  ...["for i in range(10):", "// comment", "# 注释", "x = [1, 2, 3]"],
];

const EDGES = [
  ...["", " ", "  ", "\n", "a", "hello world", "Hello, World!", " leading"],
  ...["trailing ", "\ufffd", "\0", "\x7f\x80", "a".repeat(300), " ".repeat(50)],
  ...["ab ".repeat(400), "日".repeat(200), "😀".repeat(40), "\r\n\r\n"],
  ...["\ufeffbom", "the\0nul"],
];

/**
 * Makes texts: words of many languages, code, edges of Unicode, special tokens.
 *
 * @param count Number of texts.
 * @param seed Selects them.
 */
export function corpus(count: number, seed = 1): string[] {
  const random = new Random(seed);
  const kinds = [words, words, words, points, clusters, special, code, ascii];
  return Array.from(
    { length: count },
    (_, at) => EDGES[at] ?? random.pick(kinds)(random),
  );
}

function repeat(random: Random, most: number, part: () => string): string {
  return Array.from({ length: 1 + random.below(most) }, part).join("");
}

function words(random: Random): string {
  const text = repeat(random, 13, () => {
    const word = random.pick(WORDS);
    const part = random.pick([
      ...[word, word, word, word.toUpperCase(), random.pick(MARKS)],
      `${random.below(10 ** (1 + random.below(8)))}`,
    ]);
    return part + random.pick(SPACES);
  });
  return random.below(2) === 0 ? text : text.trim();
}

const PLANES = [
  ...[[0x20, 0x7f], [0x80, 0x800], [0x800, 0xd800], [0xe000, 0x10000]],
  ...[[0x10000, 0x20000], [0x20000, 0x110000]],
] as const;

function points(random: Random): string {
  return repeat(random, 19, () => {
    const [first, end] = random.pick(PLANES);
    return String.fromCodePoint(first + random.below(end - first));
  });
}

function clusters(random: Random): string {
  return repeat(
    random,
    9,
    () =>
      random.pick([...CLUSTERS, ...WORDS, ...MARKS]) +
      random.pick(["", "", " "]),
  );
}

function special(random: Random): string {
  return repeat(
    random,
    5,
    () => random.pick([...SPECIAL, ...WORDS]) + random.pick(["", " "]),
  );
}

function code(random: Random): string {
  return repeat(
    random,
    6,
    () => " ".repeat(random.below(9)) + random.pick(LINES) + "\n",
  ).trimEnd();
}

function ascii(random: Random): string {
  return repeat(
    random,
    59,
    () => String.fromCharCode(0x20 + random.below(0x5f)),
  );
}
