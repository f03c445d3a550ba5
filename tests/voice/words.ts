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

/** A pattern, the words to write instead, and the files that it applies to. */
type Rule = readonly [pattern: RegExp, advice: string, files?: RegExp];

const WORDS: readonly Rule[] = [
  [
    /(?<!\bthere )\b(?:is|are) no (?!longer|more)[a-z]+/gi,
    "is not a …, or a verb",
  ],
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
  [/\brefuse[sd]?\b/gi, "rejects, is rejected", /\.md$/],
  [
    /(?<=^\s*(?:Deno\.)?\w*[tT]est\(\s*["`][^"`\n]*)\brefuse[sd]?\b/gm,
    "rejects, is rejected",
    /\.ts$/,
  ],
  [/\bwanted [^"`\n]*, given\b/gi, "must be …, got …"],
  [/, not \$\{/g, "must be …, got …", /\.ts$/],
  [/, no (?:power|multiple)\b/gi, "must be …, got …"],
  [/\bnot made by\b/gi, "that this package did not create"],
  [/\bmade by functions\b/gi, "has no public constructor"],
  [/\b(?:is|are) none:/g, "must be …"],
  [/\b(?:is|are|was|were) there already\b/gi, "existing …"],
  [/\bto be disposed\b(?! of)/gi, "which the caller must dispose"],
  [
    /\bhow (?:it|an?|the)(?: \w+)? is (?:called|compiled|created|imported|loaded|made|opened|run|tuned)\b/gi,
    "options for …",
  ],
  [
    /\bwhat is (?:chosen|compiled|created|in it|iterated|measured|printed|read|waited for|written)\b/gi,
    "a noun",
  ],
  [/\bwhat tuning found\b/gi, "the tuning result"],
  [
    /\bwhat the \w+ (?:gives|holds|lacks|printed|prints|said|says|takes|wants)\b/gi,
    "a noun: the output, the message",
  ],
  [/\bwhere there (?:is|are)\b/gi, "if there is"],
  [/\bwhatever its prototype says\b/gi, "regardless of its prototype"],
  [/\bin (?:better|other) words\b/gi, "explained"],
  [/\bof the caller's(?=[.,;])/gi, "the caller's …"],
  [/\bhalf-made\b/gi, "unfinished"],
  [/\bun(?:mended)\b|\bmended crash/gi, "unfixed, fixed"],
  [/\bunused for longest\b|\bused last first\b/gi, "recently used"],
  [/\bwhole or (?:absent|unchanged)\b/gi, "complete or …"],
  [/\b(?:go|goes|went) on\b(?! to)/gi, "continue"],
  [/\bevent loop (?:is )?free meanwhile\b/gi, "without blocking it"],
  [/\blooked? into\b/gi, "read, check"],
  [/\bwe are (?:here|there)\b/gi, "name the actor"],
];

/** Words in a sentence of a page, at most. */
const MAX_WORDS = 25;

/** One place in a text. */
export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly words: string;
  readonly advice: string;
}

/**
 * Finds the words in a text.
 *
 * @param text The text.
 * @param path The text's file.
 */
export function findWords(text: string, path: string = ""): Finding[] {
  return WORDS.filter(([, , files]) => files?.test(path) ?? true).flatMap((
    [pattern, advice],
  ) =>
    [...text.matchAll(pattern)].map(({ index, 0: words }) => ({
      line: lineOf(text, index),
      words,
      advice,
    }))
  ).sort((a, b) => a.line - b.line);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/**
 * Finds sentences of a page that are too long.
 *
 * @param page Markdown. Code, tables and headings are not read.
 */
export function findLongSentences(page: string): Finding[] {
  const prose = page.replaceAll(
    /^```[^]*?^```|^[|#].*$|^<!--[^]*?-->/gm,
    (part) => part.replaceAll(/[^\n]+/g, "."),
  );
  const sentences =
    /(?:(?![.:;?!][)"*\]]*(?:\s|$)|\n\n|\n\s*(?:- |\d+\. ))[^])+/g;
  return [...prose.matchAll(sentences)].flatMap(({ index, 0: sentence }) => {
    const words = sentence.split(/\s+/).filter((it) => /\w/.test(it));
    if (words.length <= MAX_WORDS) return [];
    return [{
      line: lineOf(prose, index + sentence.search(/\S/)),
      words: `${words.slice(0, 4).join(" ")} …`,
      advice: `at most ${MAX_WORDS} words, got ${words.length}`,
    }];
  });
}

/** Whether a file's English is checked: what people read and write, but this. */
export function isChecked(path: string): boolean {
  return /\.(?:ts|md|c|h|cc|mlir|py|txt|yml)$|^dev$|^\.ci\/run$/.test(path) &&
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
    const text = await Deno.readTextFile(join(ROOT, path));
    const isPage = path.endsWith(".md") && path !== "bench/RESULTS.md";
    const findings = [
      ...findWords(text, path),
      ...isPage ? findLongSentences(text) : [],
    ];
    count += findings.length;
    for (const { line, words, advice } of findings) {
      console.error(`${path}:${line}: '${words}': write ${advice}`);
    }
  }
  return count === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
