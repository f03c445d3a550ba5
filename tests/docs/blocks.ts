/**
 * The code blocks of a documentation page. The text after a block's language
 * decides its use:
 *
 * - a name: the block is the file of that name, which the page's text also
 *   names;
 * - `ignore` and a reason: the block cannot run here;
 * - nothing, for a runnable language: the block runs, in the order of the page;
 * - nothing, for any other language: the block is the output of the block
 *   before it, where `…` matches anything.
 *
 * @module
 */

import { basename } from "@std/path";

/** Languages of runnable blocks. */
const RUNNABLE = ["sh", "ts", "python"] as const;

/** A runnable language. */
export type Language = typeof RUNNABLE[number];

/** A block of code. */
export type Block =
  & {
    /** Its location: the page and the line. */
    readonly place: string;
    /** Its contents. */
    readonly code: string;
  }
  & (
    | { readonly kind: "file"; readonly name: string }
    | { readonly kind: "ignored"; readonly reason: string }
    | {
      readonly kind: "run";
      readonly language: Language;
      /** Its expected output, if the page shows any. */
      readonly output: string | undefined;
    }
  );

/**
 * Finds the blocks of a page.
 *
 * @param path Path of the page, for messages about its blocks.
 * @param text The page's text.
 * @returns The blocks in order; outputs belong to the blocks that print them.
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
      if (reason === "") throw new Error(`${place}: ignored without a reason`);
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
        throw new Error(`${place}: no block prints this`);
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
 * Whether a block printed what its page shows.
 *
 * @param actual The actual output.
 * @param expected The output on the page.
 */
export function isOutput(actual: string, expected: string): boolean {
  const pattern = expected.trim().split("…")
    .map((it) => it.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("[^]*?");
  return new RegExp(`^${pattern}$`).test(actual.trim());
}
