/**
 * Compares tokenizers with Hugging Face's `tokenizers`, by hand:
 *
 *     PYTHON=<with tokenizers> ./dev deno run -A tests/tokenizer/peers.ts \
 *         10000 tokenizer.json…
 *
 * prints the number of texts that differ. Without files, writes `expected.json`,
 * which the tests compare the made tokenizers with.
 *
 * @module
 */

import { join } from "@std/path";
import { Tokenizer } from "../../lib/tokenizer/mod.ts";
import { mustRun, ROOT, TemporaryFolder } from "../support.ts";
import { corpus } from "./corpus.ts";
import { EXPECTED_COUNT, MADE } from "./made.ts";
import { fileOf } from "./made_tokenizers.ts";

/** Ids and the decoded text. */
type Expected = readonly [ids: number[], text: string];

async function ask(
  path: string,
  texts: readonly string[],
): Promise<Expected[]> {
  using folder = new TemporaryFolder();
  const file = folder.join("texts.json");
  await Deno.writeTextFile(file, JSON.stringify(texts));
  const script = join(ROOT, "tests/tokenizer/peer.py");
  const python = Deno.env.get("PYTHON") ?? "python3";
  return JSON.parse(await mustRun(python, [script, path, file]));
}

async function compare(path: string, count: number): Promise<void> {
  const texts = corpus(count);
  const expected = await ask(path, texts);
  using tokenizer = Tokenizer.fromFile(path);
  const whole = { padding: false, truncation: false } as const;
  let encoded = 0;
  let decoded = 0;
  texts.forEach((text, at) => {
    const [ids, back] = expected[at]!;
    const ours = tokenizer.encode(text, whole).ids.join();
    if (ours !== ids.join()) {
      if (++encoded <= 5) {
        console.log(JSON.stringify(text), `\n  ${ours}\n  ${ids.join()}`);
      }
    }
    if (tokenizer.decode(ids) !== back) decoded++;
  });
  console.log(
    `${path}: of ${count} texts, ${encoded} are encoded differently and ` +
      `${decoded} decoded`,
  );
}

async function writeExpected(): Promise<void> {
  const texts = corpus(EXPECTED_COUNT);
  const all: Record<string, Expected[]> = {};
  using folder = new TemporaryFolder();
  for (const [name, json] of Object.entries(MADE)) {
    const path = folder.join("tokenizer.json");
    await Deno.writeFile(path, fileOf(json));
    all[name] = await ask(path, texts);
  }
  const lines = Object.entries(all).map(([name, list]) =>
    `${JSON.stringify(name)}: [\n${
      list.map((it) => JSON.stringify(it)).join(",\n")
    }\n]`
  );
  await Deno.writeTextFile(
    join(ROOT, "tests/tokenizer/expected.json"),
    `{\n${lines.join(",\n")}\n}\n`,
  );
}

const [count, ...files] = Deno.args;
if (files.length === 0) await writeExpected();
for (const file of files) await compare(file, Number(count));
