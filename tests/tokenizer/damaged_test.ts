// Damaged files of tokenizers. By hand, more of them:
// `IREE_TOKENIZER_CASES=10000 ./dev test --asan tests/tokenizer/damaged_test.ts`.

import { assert } from "@std/assert";
import { IreeError } from "../../mod.ts";
import { Tokenizer } from "../../lib/tokenizer/mod.ts";
import { Random } from "../mutations/random.ts";
import { test } from "../support.ts";
import { corpus } from "./corpus.ts";
import { MADE } from "./made.ts";
import { fileOf, tiktokenFile } from "./made_tokenizers.ts";

const CASES = Number(Deno.env.get("IREE_TOKENIZER_CASES") ?? 400);

/** Values in place of others. */
const NONSENSE: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e9,
    2 ** 31,
    1e300,
    0.5,
    "",
    "x",
    "\0",
    "▁",
    "<0x41>",
  ],
  ...[[], {}, [[]], "a".repeat(70_000), "[CLS]", { type: "Sequence" }],
];

type Node = Record<string, unknown> | unknown[];

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

/** Changes a random value anywhere in JSON. */
function changeValue(root: Node, random: Random): void {
  let node: Node = root;
  for (;;) {
    const keys = Object.keys(node);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const entries = node as Record<string, unknown>;
    const child = entries[key];
    if (isNode(child) && random.below(5) > 0) {
      node = child;
      continue;
    }
    const kind = random.below(4);
    if (kind === 0) delete entries[key];
    else if (kind === 1) entries[random.pick(keys)] = child;
    else entries[key] = random.pick(NONSENSE);
    return;
  }
}

function changeBytes(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
): Uint8Array<ArrayBuffer> {
  const kind = random.below(4);
  const at = random.below(bytes.length);
  if (kind === 0) return bytes.slice(0, at);
  if (kind === 1) {
    const end = Math.min(bytes.length, at + random.below(64));
    return new Uint8Array([...bytes.slice(0, at), ...bytes.slice(end)]);
  }
  const copy = bytes.slice();
  for (let i = 0; i <= random.below(4); i++) {
    copy[random.below(copy.length)] = kind === 2
      ? random.below(256)
      : random.pick([...'{}[]",:0919-\\ue']).charCodeAt(0);
  }
  return copy;
}

function use(tokenizer: Tokenizer, texts: readonly string[]): void {
  const encodings = tokenizer.encodeBatch(texts, { offsets: true });
  tokenizer.decodeBatch(encodings.map(({ ids }) => ids));
  using encoder = tokenizer.encoder();
  using decoder = tokenizer.decoder({ specialTokens: true });
  for (const text of texts) {
    encoder.push(text.slice(0, 3));
    encoder.push(text.slice(3));
    decoder.push(encoder.finish());
    decoder.push([0, 1, 255, 256, 300, 0xffffffff]);
    decoder.finish();
  }
  tokenizer.encode([texts[0]!, texts[1]!]);
  assert(tokenizer.idLimit >= 0);
  tokenizer.idToToken(tokenizer.idLimit - 1 >>> 0);
}

/** Whether it could be opened and used. */
function attempt(
  bytes: Uint8Array<ArrayBuffer>,
  isTiktoken: boolean,
  texts: readonly string[],
): boolean {
  try {
    using tokenizer = Tokenizer.fromBytes(
      bytes,
      isTiktoken ? { encoding: "cl100k_base" } : undefined,
    );
    use(tokenizer, texts);
    return true;
  } catch (error) {
    if (error instanceof IreeError) return false;
    throw error;
  }
}

test("Damaged tokenizers are rejected with an IreeError, or work", () => {
  const files = [
    ...Object.values(MADE).map((json) => fileOf(json)),
    tiktokenFile(),
  ];
  const all = corpus(100);
  let working = 0;
  for (let seed = 0; seed < CASES; seed++) {
    const random = new Random(seed);
    const which = random.below(files.length);
    const isTiktoken = which === files.length - 1;
    let bytes = files[which]!;
    if (isTiktoken || random.below(3) === 0) {
      bytes = changeBytes(bytes, random);
    } else {
      const json = JSON.parse(new TextDecoder().decode(bytes));
      for (let i = 0; i <= random.below(3); i++) changeValue(json, random);
      bytes = fileOf(json);
    }
    const texts = Array.from({ length: 3 }, () => random.pick(all));
    try {
      if (attempt(bytes, isTiktoken, texts)) working++;
    } catch (cause) {
      throw new Error(`case ${seed}`, { cause });
    }
  }
  assert(working > CASES / 20 && working < CASES, `${working} of ${CASES}`);
});
