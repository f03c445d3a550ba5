/**
 * The code blocks of a page of the documentation. What stands behind the
 * language of a block says what becomes of it:
 *
 * - a name: the block is the file of that name, which the text names too;
 * - `ignore` and a reason: it cannot run here;
 * - nothing, for a language that runs: it is run, in the order of the page;
 * - nothing, for another one: it is what the block before it prints, in which
 *   `…` stands for anything.
 *
 * @module
 */

import { basename } from "@std/path";

/** Languages of blocks that are run. */
const RUNNABLE = ["sh", "ts", "python"] as const;

/** A language of blocks that are run. */
export type Language = typeof RUNNABLE[number];

/** A block of code. */
export type Block =
  & {
    /** Where it is: the page and the line. */
    readonly place: string;
    /** What is in it. */
    readonly code: string;
  }
  & (
    | { readonly kind: "file"; readonly name: string }
    | { readonly kind: "ignored"; readonly reason: string }
    | {
      readonly kind: "run";
      readonly language: Language;
      /** What it prints, where the page says so. */
      readonly output: string | undefined;
    }
  );

/**
 * Finds the blocks of a page.
 *
 * @param path Path of the page, for what is said of its blocks.
 * @param text Its text.
 * @returns The blocks in order, outputs with the blocks that print them.
 */
export function findBlocks(path: string, text: string): Block[] {
  if (/^[ \t]+```/m.test(text)) throw new Error(`${path}: an indented block`);
  const blocks: Block[] = [];
  for (const match of text.matchAll(/^```(.*)\n([^]*?)^```$/gm)) {
    const [, info, code] = match;
    const before = text.slice(0, match.index);
    const place = `${basename(path)}:${before.split("\n").length}`;
    const [language, name, ...words] = info.split(" ");
    const reason = words.join(" ");
    if (name === "ignore") {
      if (reason === "") throw new Error(`${place}: ignored for no reason`);
      blocks.push({ kind: "ignored", place, code, reason });
    } else if (name !== undefined) {
      if (reason !== "" || !before.includes(`\`${name}\``)) {
        throw new Error(`${place}: the text does not name the file '${name}'`);
      }
      blocks.push({ kind: "file", place, code, name });
    } else if (isRunnable(language)) {
      blocks.push({ kind: "run", place, code, language, output: undefined });
    } else {
      const last = blocks.pop();
      if (last?.kind !== "run" || last.output !== undefined) {
        throw new Error(`${place}: there is nothing that prints this`);
      }
      blocks.push({ ...last, output: code });
    }
  }
  return blocks;
}

function isRunnable(language: string): language is Language {
  return RUNNABLE.some((it) => it === language);
}

/**
 * Whether a block printed what its page says.
 *
 * @param actual What it printed.
 * @param expected What the page says.
 */
export function isOutput(actual: string, expected: string): boolean {
  const pattern = expected.trim().split("…")
    .map((it) => it.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("[^]*?");
  return new RegExp(`^${pattern}$`).test(actual.trim());
}
