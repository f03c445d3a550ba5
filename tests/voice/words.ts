/**
 * Finds words that this project's English does without, in sources, pages and
 * messages. `./dev check` runs it.
 *
 *     ./dev deno run -A tests/voice/words.ts [--update]
 *
 * `pending.json` lists files that are yet to be rewritten; `--update` takes
 * those out of it that are clean, and adds none.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";

const ROOT: string = fromFileUrl(new URL("../..", import.meta.url));
const PENDING: string = fromFileUrl(new URL("pending.json", import.meta.url));

/** What is found, and what to write in its place. */
const WORDS: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/\b(?:is|are) no (?!longer|more)[a-z]+/gi, "is not a …, or a verb"],
  [/\btells? of\b/gi, "describes, lists, reports"],
  [/\btold of\b/gi, "described, listed, reported"],
  [/\bnobody\b/gi, "name the actor, or use the imperative"],
  [/\blet\w* (?:it |them )?go\b/gi, "release"],
  [/\bwhoever\b/gi, "name the actor"],
  [/\bwhat is (?:told|given|taken)\b/gi, "a noun"],
  [/\bsmall letters\b/gi, "lowercase"],
];

/** One place in a text. */
export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly words: string;
  readonly advice: string;
}

/** Finds the words in a text. */
export function findWords(text: string): Finding[] {
  return WORDS.flatMap(([pattern, advice]) =>
    [...text.matchAll(pattern)].map(({ index, 0: words }) => ({
      line: text.slice(0, index).split("\n").length,
      words,
      advice,
    }))
  ).sort((a, b) => a.line - b.line);
}

/** Whether a file's English is checked: what people read and write, but this. */
export function isChecked(path: string): boolean {
  return /\.(?:ts|md|c|h|cc|mlir|txt|yml)$|^dev$|^\.ci\/run$/.test(path) &&
    !path.startsWith("tests/voice/");
}

/** The files of the repository. */
async function listFiles(): Promise<string[]> {
  const { stdout, success } = await new Deno.Command("git", {
    args: ["ls-files"],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error("git ls-files failed");
  return new TextDecoder().decode(stdout).split("\n").filter(isChecked);
}

async function main(args: readonly string[]): Promise<number> {
  const pending: string[] = JSON.parse(await Deno.readTextFile(PENDING));
  const left: string[] = [];
  let count = 0;
  for (const path of await listFiles()) {
    const findings = findWords(await Deno.readTextFile(join(ROOT, path)));
    if (findings.length === 0) continue;
    if (pending.includes(path)) {
      left.push(path);
      continue;
    }
    count += findings.length;
    for (const { line, words, advice } of findings) {
      console.error(`${path}:${line}: '${words}': write ${advice}`);
    }
  }
  if (args.includes("--update")) {
    await Deno.writeTextFile(PENDING, `${JSON.stringify(left, null, 2)}\n`);
  }
  return count === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
