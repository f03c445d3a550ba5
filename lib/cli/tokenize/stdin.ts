import type { Tokenizer } from "../../tokenizer/mod.ts";
import { printText } from "./format.ts";

/** Yields the lines of stdin. */
export async function* readLines(): AsyncGenerator<string> {
  let rest = "";
  const text = Deno.stdin.readable.pipeThrough(
    new TextDecoderStream("utf-8", { ignoreBOM: true }),
  );
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** What is encoded, and how it is printed. */
export interface StreamFlags {
  /** Whether to add special tokens. */
  readonly special: boolean;
  /** Whether to recognize special tokens. */
  readonly match_special: boolean;
  /** Whether to print JSON. */
  readonly json: boolean;
}

/**
 * Encodes stdin as one text, and prints tokens as soon as they are certain.
 *
 * @param tokenizer The tokenizer.
 * @param flags The command's flags.
 */
export async function streamTokens(
  tokenizer: Tokenizer,
  { special, match_special, json }: StreamFlags,
): Promise<void> {
  const tokens = Deno.stdin.readable.pipeThrough(
    tokenizer.encodeStream({
      specialTokens: special,
      matchSpecialTokens: match_special,
    }),
  );
  let separator = json ? '{"ids":[' : "";
  for await (const ids of tokens) {
    printText(separator + ids.join(","));
    separator = ",";
  }
  const isEmpty = separator !== ",";
  printText(`${isEmpty ? separator : ""}${json ? "]}" : ""}\n`);
}
