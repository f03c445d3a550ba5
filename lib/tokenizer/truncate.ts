import { createTokens } from "../../ffi/token_memory.ts";
import type { TokenizerFacts } from "../../ffi/tokenizer.ts";
import { IreeError } from "../base/error.ts";
import type { Offset, PlacedTokens } from "./encoding.ts";
import type { CheckedTruncation } from "./options.ts";

/** Where the tokens of the texts are among all tokens. */
export interface Layout {
  /** Number of special tokens before the first text. */
  readonly before: number;
  /** Number of tokens of the first text. */
  readonly first: number;
  /** Number of special tokens between the texts. */
  readonly between: number;
  /** Number of tokens of the second text. */
  readonly second: number;
  /** Number of special tokens at the end. */
  readonly after: number;
}

/**
 * Returns the layout of an encoding.
 *
 * @param facts The tokenizer.
 * @param length Number of all tokens.
 * @param firstOfPair Number of tokens of the first text of a pair.
 * @param specialTokens Whether special tokens were added.
 */
export function layoutOf(
  facts: TokenizerFacts,
  length: number,
  firstOfPair: number | undefined,
  specialTokens: boolean,
): Layout {
  if (firstOfPair === undefined) {
    const [before, after] = specialTokens ? facts.single : [0, 0];
    const first = length - before - after;
    return { before, first, between: 0, second: 0, after };
  }
  const [before, between, after] = specialTokens ? facts.pair : [0, 0, 0];
  const second = length - before - firstOfPair - between - after;
  return { before, first: firstOfPair, between, second, after };
}

/**
 * Drops tokens of texts that are too long; special tokens stay.
 *
 * @param tokens The tokens.
 * @param layout Where the texts are.
 * @param truncation How long they may be.
 */
export function truncate(
  tokens: PlacedTokens,
  layout: Layout,
  truncation: CheckedTruncation,
): PlacedTokens {
  const { before, first, between, second, after } = layout;
  const special = before + between + after;
  const room = truncation.maxLength - special;
  if (room < 0) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `truncation.maxLength must be at least ${special}, the number of special ` +
        `tokens, got ${truncation.maxLength}`,
    );
  }
  if (first + second <= room) return tokens;
  const [kept, keptSecond] = second === 0 && between === 0
    ? [room, 0]
    : shares(first, second, room, truncation.strategy);
  const isLeft = truncation.direction === "left";
  const range = (begin: number, length: number, kept: number) =>
    isLeft ? [begin + length - kept, begin + length] : [begin, begin + kept];
  const secondBegin = before + first + between;
  return pick(tokens, [
    [0, before],
    range(before, first, kept),
    [before + first, secondBegin],
    range(secondBegin, second, keptSecond),
    [secondBegin + second, secondBegin + second + after],
  ]);
}

// As Hugging Face's tokenizers divide the room.
function shares(
  first: number,
  second: number,
  room: number,
  strategy: CheckedTruncation["strategy"],
): [number, number] {
  const excess = first + second - room;
  if (strategy === "only-first") {
    return [shorten(first, excess, "first"), second];
  }
  if (strategy === "only-second") {
    return [first, shorten(second, excess, "second")];
  }
  const short = Math.min(first, second, Math.floor(room / 2));
  return first <= second ? [short, room - short] : [room - short, short];
}

function shorten(length: number, excess: number, which: string): number {
  if (length > excess) return length - excess;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `the ${which} text is too short to truncate: it has ${length} tokens, and ` +
      `${excess} must be dropped`,
  );
}

type Range = readonly number[];

function pick(tokens: PlacedTokens, ranges: readonly Range[]): PlacedTokens {
  const length = ranges.reduce((sum, [begin, end]) => sum + end! - begin!, 0);
  const { ids, typeIds, attentionMask } = createTokens(length);
  const offsets: Offset[] = [];
  let at = 0;
  for (const [begin, end] of ranges) {
    ids.set(tokens.ids.subarray(begin, end), at);
    typeIds.set(tokens.typeIds.subarray(begin, end), at);
    offsets.push(...tokens.offsets?.slice(begin, end) ?? []);
    at += end! - begin!;
  }
  return {
    ids,
    typeIds,
    attentionMask: attentionMask.fill(1),
    offsets: tokens.offsets === undefined ? undefined : offsets,
  };
}
