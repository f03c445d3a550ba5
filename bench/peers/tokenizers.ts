/**
 * Tokenizers of npm and Python. Each is imported when it is asked for, so that
 * type checks download nothing.
 *
 * @module
 */

import { dirname, join } from "@std/path";

/** Encodes a text `count` times, and returns the milliseconds it took. */
export type Work = (text: string, count: number) => number | Promise<number>;

/** What a contestant is written in, which decides the goal. */
export type Language = "JavaScript" | "native";

/** A tokenizer to compare with. */
export interface Peer extends AsyncDisposable {
  readonly language: Language;
  readonly work: Work;
}

/** Measures a function that encodes at once. */
export function repeated(encode: (text: string) => unknown): Work {
  return (text, count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) encode(text);
    return performance.now() - start;
  };
}

function peer(language: Language, work: Work): Peer {
  return { language, work, [Symbol.asyncDispose]: async () => {} };
}

interface HuggingFace {
  Tokenizer: new (json: unknown, config: unknown) => {
    encode(text: string): { ids: number[] };
  };
}

/** npm's `@huggingface/tokenizers`, written in JavaScript. */
export async function huggingFace(path: string): Promise<Peer> {
  const specifier = "npm:@huggingface/tokenizers@0.2.0";
  const { Tokenizer }: HuggingFace = await import(specifier);
  const json = JSON.parse(await Deno.readTextFile(path));
  const tokenizer = new Tokenizer(json, await readConfig(path));
  return peer("JavaScript", repeated((text) => tokenizer.encode(text)));
}

async function readConfig(path: string): Promise<unknown> {
  try {
    const file = join(dirname(path), "tokenizer_config.json");
    return JSON.parse(await Deno.readTextFile(file));
  } catch {
    return {};
  }
}

interface Native {
  Tokenizer: {
    fromFile(path: string): {
      encode(text: string): Promise<{ getIds(): number[] }>;
    };
  };
}

/** npm's `tokenizers`: the Rust library of Hugging Face. */
export async function native(path: string): Promise<Peer> {
  const specifier = "npm:tokenizers@0.23.2";
  const { Tokenizer }: Native = await import(specifier);
  const tokenizer = Tokenizer.fromFile(path);
  return peer("native", async (text, count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) (await tokenizer.encode(text)).getIds();
    return performance.now() - start;
  });
}

/** Ranks of npm's `js-tiktoken`: lines of an offset and tokens in base64. */
interface Ranks {
  readonly bpe_ranks: string;
}

async function ranksOf(encoding: string): Promise<Ranks> {
  const specifier = `npm:js-tiktoken@1.0.21/ranks/${encoding}`;
  return (await import(specifier)).default;
}

interface JsTiktoken {
  Tiktoken: new (ranks: Ranks) => { encode(text: string): number[] };
}

/** npm's `js-tiktoken`, written in JavaScript. */
export async function jsTiktoken(encoding: string): Promise<Peer> {
  const specifier = "npm:js-tiktoken@1.0.21/lite";
  const { Tiktoken }: JsTiktoken = await import(specifier);
  const tokenizer = new Tiktoken(await ranksOf(encoding));
  return peer("JavaScript", repeated((text) => tokenizer.encode(text)));
}

/** The bytes of an encoding's `.tiktoken` file, from `js-tiktoken`. */
export async function tiktokenFile(
  encoding: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { bpe_ranks } = await ranksOf(encoding);
  const lines = bpe_ranks.split("\n").flatMap((line) => {
    const [, offset, ...tokens] = line.split(" ");
    return tokens.map((token, at) => `${token} ${Number(offset) + at}\n`);
  });
  return new TextEncoder().encode(lines.join(""));
}

const SERVER = `
import json, sys, time
for line in sys.stdin:
    text, count = json.loads(line)
    start = time.perf_counter()
    for _ in range(count):
        encode(text)
    print((time.perf_counter() - start) * 1000, flush=True)
`;

const TOKENIZERS = `
import sys
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1])
encode = lambda text: tokenizer.encode(text).ids
${SERVER}`;

const TIKTOKEN = `
import base64, sys, tiktoken
from tiktoken_ext.openai_public import ENCODING_CONSTRUCTORS
from tiktoken_ext import openai_public
def read(path, **_):
    lines = [line.split() for line in open(sys.argv[1], "rb")]
    return {base64.b64decode(token): int(rank) for token, rank in lines}
openai_public.load_tiktoken_bpe = read
encode = tiktoken.Encoding(**ENCODING_CONSTRUCTORS[sys.argv[2]]()).encode
${SERVER}`;

/** Python's `tokenizers`, or its `tiktoken` if there is an encoding. */
export function python(path: string, encoding?: string): Peer {
  const child = new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
    args: encoding === undefined
      ? ["-c", TOKENIZERS, path]
      : ["-c", TIKTOKEN, path, encoding],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const encoder = new TextEncoder();
  const writer = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  // An answer may arrive in parts.
  let received = "";
  const readAnswer = async (): Promise<number> => {
    for (;;) {
      const [line, rest] = received.split("\n", 2);
      if (rest !== undefined) {
        received = rest;
        return Number(line);
      }
      const { value } = await answers.read();
      if (value === undefined) throw new Error("Python's tokenizer has ended");
      received += value;
    }
  };
  return {
    language: "native",
    async work(text, count) {
      const line = `${JSON.stringify([text, count])}\n`;
      await writer.write(encoder.encode(line));
      return await readAnswer();
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.status;
    },
  };
}
