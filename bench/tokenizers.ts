/**
 * Measures tokenizers beside those of npm and Python, by hand:
 *
 *     PYTHON=<with tokenizers and tiktoken> ./dev deno run -A \
 *         bench/tokenizers.ts NAME…
 *
 * where each NAME is the path of a `tokenizer.json`, next to its
 * `tokenizer_config.json` if it has one, or an encoding of tiktoken, such as
 * `cl100k_base`. Encodes the same texts in turns, and prints the megabytes per
 * second of each contestant's fastest round, which other work on the machine
 * disturbs least, and the ratios of ours to theirs. The goals are 3 times the
 * speed of JavaScript, and that of native code.
 *
 * @module
 */

import { Tokenizer } from "../lib/tokenizer/mod.ts";
import {
  huggingFace,
  jsTiktoken,
  type Language,
  native,
  type Peer,
  python,
  repeated,
  tiktokenFile,
  type Work,
} from "./peers/tokenizers.ts";

const ROUNDS = 20;

/** How long a contestant works in a round. */
const MILLISECONDS = 20;

/** How often the time of a count is measured. */
const TRIALS = 3;

/** At least how many times as fast as peers ours should be. */
const GOALS: Readonly<Record<Language, number>> = { JavaScript: 3, native: 1 };

const encoder = new TextEncoder();

/** About as many bytes of each kind of text. */
const LENGTH = 16_384;

const TEXTS: Readonly<Record<string, string>> = {
  ascii: fill(
    "The quick brown fox jumps over the lazy dog, again and again. It was a " +
      "bright cold day in April, and the clocks were striking thirteen.\n",
  ),
  code: fill(
    "for (let i = 0; i < items.length; i++) {\n  const value = items[i];\n" +
      "  if (value !== undefined) total += Math.abs(value) * 0.5;\n}\n",
  ),
  cjk: fill(
    "今天天气很好，我们去公园散步吧。東京は日本の首都で、とても大きい。\n",
  ),
  sentence: "The clocks were striking thirteen, again and again.",
  short: "Hello, world!",
};

function fill(sentence: string): string {
  return sentence.repeat(LENGTH / encoder.encode(sentence).length);
}

/** How many times a contestant encodes a text in a round. */
async function countOf(work: Work, text: string): Promise<number> {
  for (let count = 1;; count *= 2) {
    let time = Infinity;
    for (let i = 0; i < TRIALS; i++) {
      time = Math.min(time, await work(text, count));
    }
    if (time > MILLISECONDS / 4) {
      return Math.max(1, Math.round(count * MILLISECONDS / time));
    }
  }
}

/** The tokenizer with its peers, by name. */
async function contestants(
  name: string,
  all: AsyncDisposableStack,
): Promise<Record<string, Peer>> {
  const peers: Record<string, Peer> = {};
  if (name.endsWith(".json")) {
    const ours = all.use(Tokenizer.fromFile(name));
    peers.ours = ourPeer(ours);
    peers["@huggingface/tokenizers"] = await huggingFace(name);
    peers["npm tokenizers"] = await native(name);
    peers["Python tokenizers"] = all.use(python(name));
  } else {
    const bytes = await tiktokenFile(name);
    const path = await Deno.makeTempFile({ suffix: ".tiktoken" });
    all.defer(() => Deno.remove(path));
    await Deno.writeFile(path, bytes);
    const ours = all.use(
      Tokenizer.fromBytes(bytes, { encoding: name as "cl100k_base" }),
    );
    peers.ours = ourPeer(ours);
    peers["js-tiktoken"] = await jsTiktoken(name);
    peers["Python tiktoken"] = all.use(python(path, name));
  }
  return peers;
}

function ourPeer(tokenizer: Tokenizer): Peer {
  return {
    language: "native",
    work: repeated((text) => tokenizer.encode(text)),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Returns the megabytes per second of each contestant. */
async function measure(
  text: string,
  peers: Readonly<Record<string, Peer>>,
): Promise<Record<string, number>> {
  const megabytes = encoder.encode(text).length / 1e6;
  const speeds: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const [who, { work }] of Object.entries(peers)) {
    counts[who] = await countOf(work, text);
    speeds[who] = 0;
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [who, { work }] of Object.entries(peers)) {
      const time = await work(text, counts[who]!);
      const speed = megabytes * counts[who]! / (time / 1000);
      speeds[who] = Math.max(speeds[who]!, speed);
    }
  }
  return speeds;
}

async function compare(name: string): Promise<void> {
  await using all = new AsyncDisposableStack();
  const peers = await contestants(name, all);
  console.log(name);
  for (const [kind, text] of Object.entries(TEXTS)) {
    const { ours, ...others } = await measure(text, peers);
    const parts = Object.entries(others).map(([who, speed]) => {
      const ratio = ours! / speed;
      const isMet = ratio >= GOALS[peers[who]!.language];
      return `${who} ${speed.toFixed(2)} (${ratio.toFixed(2)} ×${
        isMet ? "" : ", missed"
      })`;
    });
    console.log(`  ${kind.padEnd(8)} ${ours!.toFixed(2)} MB/s,`, ...parts);
  }
}

for (const name of Deno.args) await compare(name);
