/**
 * Measures tokenizers beside those of npm and Python, by hand:
 *
 *     PYTHON=<with tokenizers> ./dev deno run -A bench/tokenizers.ts FILE…
 *
 * where each FILE is a `tokenizer.json`, next to its `tokenizer_config.json` if
 * it has one. Encodes the same texts in turns, and prints the medians of
 * megabytes per second and their ratios to ours.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { Tokenizer } from "../lib/tokenizer/mod.ts";
import { median } from "./statistics.ts";

const ROUNDS = 15;

/** How long a contestant works in a round. */
const MILLISECONDS = 60;

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
  short: "Hello, world!",
};

function fill(sentence: string): string {
  return sentence.repeat(LENGTH / encoder.encode(sentence).length);
}

/** Encodes a text `count` times, and returns the milliseconds it took. */
type Work = (text: string, count: number) => number | Promise<number>;

function inProcess(encode: (text: string) => unknown): Work {
  return (text, count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) encode(text);
    return performance.now() - start;
  };
}

/** The tokenizer of npm's @huggingface/tokenizers. */
interface NpmTokenizer {
  new (json: unknown, config: unknown): {
    encode(text: string): { ids: number[] };
  };
}

async function npmWork(path: string): Promise<Work> {
  const specifier = "npm:@huggingface/tokenizers@0.2.0";
  const { Tokenizer }: { Tokenizer: NpmTokenizer } = await import(specifier);
  const json = JSON.parse(await Deno.readTextFile(path));
  const config = await readConfig(path);
  const tokenizer = new Tokenizer(json, config);
  return inProcess((text) => tokenizer.encode(text));
}

async function readConfig(path: string): Promise<unknown> {
  try {
    const file = join(dirname(path), "tokenizer_config.json");
    return JSON.parse(await Deno.readTextFile(file));
  } catch {
    return {};
  }
}

const PYTHON = `
import json, sys, time
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1])
for line in sys.stdin:
    text, count = json.loads(line)
    start = time.perf_counter()
    for _ in range(count):
        tokenizer.encode(text).ids
    print((time.perf_counter() - start) * 1000, flush=True)
`;

function pythonWork(path: string): { work: Work; child: Deno.ChildProcess } {
  const child = new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
    args: ["-c", PYTHON, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const work: Work = async (text, count) => {
    const line = `${JSON.stringify([text, count])}\n`;
    await writer.write(encoder.encode(line));
    return Number((await answers.read()).value);
  };
  return { work, child };
}

/** How many times a contestant encodes a text in a round. */
async function countOf(work: Work, text: string): Promise<number> {
  for (let count = 1;; count *= 2) {
    const time = await work(text, count);
    if (time > MILLISECONDS / 4) {
      return Math.max(1, Math.round(count * MILLISECONDS / time));
    }
  }
}

async function compare(path: string): Promise<void> {
  using tokenizer = Tokenizer.fromFile(path);
  const python = pythonWork(path);
  const contestants: Record<string, Work> = {
    ours: inProcess((text) => tokenizer.encode(text)),
    npm: await npmWork(path),
    python: python.work,
  };
  console.log(path);
  for (const [name, text] of Object.entries(TEXTS)) {
    const megabytes = encoder.encode(text).length / 1e6;
    const speeds: Record<string, number[]> = {};
    const counts: Record<string, number> = {};
    for (const [who, work] of Object.entries(contestants)) {
      counts[who] = await countOf(work, text);
      speeds[who] = [];
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const [who, work] of Object.entries(contestants)) {
        const time = await work(text, counts[who]!);
        speeds[who]!.push(megabytes * counts[who]! / (time / 1000));
      }
    }
    const ours = median(speeds.ours!);
    console.log(
      `  ${name.padEnd(6)}`,
      ...Object.entries(speeds).map(([who, all]) =>
        `${who} ${median(all).toFixed(2)} MB/s (${
          (ours / median(all)).toFixed(2)
        })`
      ),
    );
  }
  python.child.kill();
  await python.child.status;
}

for (const path of Deno.args) await compare(path);
