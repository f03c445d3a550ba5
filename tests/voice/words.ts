/**
 * Finds words that this project's English does without, in sources, pages and
 * messages. `./dev check` runs it.
 *
 *     ./dev deno run -A tests/voice/words.ts
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";

const ROOT: string = fromFileUrl(new URL("../..", import.meta.url));

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
  [/\bwhole numbers?\b/gi, "integer"],
  [/\b(?:is|are|was|were|be) told\b/gi, "is passed, given or known"],
  [/\btells? (?:it|them|whether|where|which|what|how) /gi, "a verb"],
  [/\bwhe(?:n|re) there (?:is|are) no\b/gi, "without …, or if … is missing"],
  [/\bwhat is (?:adopted|kept|left out|passed|refused)\b/gi, "a noun"],
  [/\badopted (?:array|memory)\b|\bmemory .*\badopted\b/gi, "imported"],
  [/\bfor the message of the error\b/gi, "for messages"],
  [/\bas (?:often )?as one likes\b/gi, "as you like"],
  [/\brefuses what\b/gi, "rejects …"],
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

async function main(): Promise<number> {
  let count = 0;
  for (const path of await listFiles()) {
    const findings = findWords(await Deno.readTextFile(join(ROOT, path)));
    count += findings.length;
    for (const { line, words, advice } of findings) {
      console.error(`${path}:${line}: '${words}': write ${advice}`);
    }
  }
  return count === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
