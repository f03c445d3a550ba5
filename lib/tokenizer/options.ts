import { toBoolean, toInteger, toName, toSize } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";

/** An encoding of a `.tiktoken` file. */
export type TiktokenEncoding =
  | "cl100k_base"
  | "o200k_base"
  | "o200k_harmony"
  | "p50k_base"
  | "p50k_edit"
  | "r50k_base"
  | "gpt2";

/** Encodings of `.tiktoken` files. */
export const TIKTOKEN_ENCODINGS: readonly TiktokenEncoding[] = [
  "cl100k_base",
  "o200k_base",
  "o200k_harmony",
  "p50k_base",
  "p50k_edit",
  "r50k_base",
  "gpt2",
];

/** Options for opening a tokenizer. */
export interface TokenizerOptions {
  /**
   * Encoding of a `.tiktoken` file. For a file, its name without `.tiktoken` by
   * default; a `tokenizer.json` has none.
   */
  encoding?: TiktokenEncoding | undefined;
  /** Path of the runtime's library, as for `Instance.open`. */
  library?: string | URL | undefined;
}

/** A side of a text. */
export type Side = "left" | "right";

/** How long a text may be, in tokens. */
export interface Truncation {
  /** The largest number of tokens, with the added special tokens. */
  maxLength: number;
  /**
   * The side on which tokens are dropped.
   *
   * @default {"right"}
   */
  direction?: Side | undefined;
  /**
   * Which text of a pair becomes shorter.
   *
   * @default {"longest-first"}
   */
  strategy?: "longest-first" | "only-first" | "only-second" | undefined;
}

/** How texts are made equally long. */
export interface Padding {
  /**
   * Number of tokens; left out, as many as the longest text of the batch has.
   */
  length?: number | undefined;
  /** Rounds the number of tokens up to a multiple of this one. */
  multipleOf?: number | undefined;
  /**
   * The side on which tokens are added.
   *
   * @default {"right"}
   */
  direction?: Side | undefined;
  /**
   * Id of the added tokens.
   *
   * @default {0}
   */
  id?: number | undefined;
  /**
   * Type id of the added tokens.
   *
   * @default {0}
   */
  typeId?: number | undefined;
}

/** How texts are encoded. */
export interface EncodeOptions {
  /**
   * Whether special tokens are added as the tokenizer's file says, such as
   * `[CLS]` and `[SEP]`.
   *
   * @default {true}
   */
  specialTokens?: boolean | undefined;
  /**
   * Whether special tokens are recognized in the text. Pass `false` for text
   * from users that must not contain any.
   *
   * @default {true}
   */
  matchSpecialTokens?: boolean | undefined;
  /**
   * Whether to return offsets: `true` counts in units of UTF-16, as strings do,
   * and `"bytes"` in bytes of UTF-8.
   *
   * @default {false}
   */
  offsets?: boolean | "bytes" | undefined;
  /** How long texts may be; as the file says by default. */
  truncation?: Truncation | false | undefined;
  /** How texts are made equally long; as the file says by default. */
  padding?: Padding | false | undefined;
}

/** How text that arrives in parts is encoded. */
export type EncodeStreamOptions = Pick<
  EncodeOptions,
  "specialTokens" | "matchSpecialTokens"
>;

/** How ids are decoded. */
export interface DecodeOptions {
  /**
   * Whether special tokens become text; otherwise they are left out.
   *
   * @default {false}
   */
  specialTokens?: boolean | undefined;
}

/** Names of the options that open a tokenizer. */
export const TOKENIZER_OPTIONS: OptionNames<TokenizerOptions> = {
  encoding: true,
  library: true,
};

const STREAM: OptionNames<EncodeStreamOptions> = {
  specialTokens: true,
  matchSpecialTokens: true,
};

const ENCODE: OptionNames<EncodeOptions> = {
  ...STREAM,
  offsets: true,
  truncation: true,
  padding: true,
};

const TRUNCATION: OptionNames<Truncation> = {
  maxLength: true,
  direction: true,
  strategy: true,
};

const PADDING: OptionNames<Padding> = {
  length: true,
  multipleOf: true,
  direction: true,
  id: true,
  typeId: true,
};

const DECODE: OptionNames<DecodeOptions> = { specialTokens: true };

const SIDES: readonly Side[] = ["left", "right"];

const STRATEGIES = ["longest-first", "only-first", "only-second"] as const;

/** Checked truncation. */
export type CheckedTruncation = {
  readonly maxLength: number;
  readonly direction: Side;
  readonly strategy: typeof STRATEGIES[number];
};

/** Checked padding. */
export interface CheckedPadding {
  readonly length: number | undefined;
  readonly multipleOf: number;
  readonly direction: Side;
  readonly id: number;
  readonly typeId: number;
}

/** Checked options of an encoding. */
export interface CheckedEncodeOptions {
  readonly specialTokens: boolean;
  readonly matchSpecialTokens: boolean;
  readonly offsets: boolean | "bytes";
  readonly truncation: CheckedTruncation | undefined;
  readonly padding: CheckedPadding | undefined;
}

/** What a tokenizer's file says of the length of texts. */
export interface LengthSettings {
  readonly truncation: CheckedTruncation | undefined;
  readonly padding: CheckedPadding | undefined;
}

/**
 * Checks the options of an encoding.
 *
 * @param options The options.
 * @param defaults Settings of the file.
 */
export function readEncodeOptions(
  options: EncodeOptions | undefined,
  defaults: LengthSettings,
): CheckedEncodeOptions {
  const { truncation, padding, offsets = false, ...others } = readOptions(
    options,
    ENCODE,
  );
  if (offsets !== "bytes") toBoolean("offsets", offsets);
  return {
    ...checkStreamOptions(others),
    offsets,
    truncation: truncation === undefined
      ? defaults.truncation
      : truncation === false
      ? undefined
      : checkTruncation(truncation),
    padding: padding === undefined
      ? defaults.padding
      : padding === false
      ? undefined
      : checkPadding(padding),
  };
}

/**
 * Checks the options of an encoding in parts.
 *
 * @param options The options.
 */
export function readStreamOptions(
  options: EncodeStreamOptions | undefined,
): CheckedStreamOptions {
  return checkStreamOptions(readOptions(options, STREAM));
}

/** Checked options of an encoding in parts. */
export interface CheckedStreamOptions {
  readonly specialTokens: boolean;
  readonly matchSpecialTokens: boolean;
}

function checkStreamOptions(
  { specialTokens = true, matchSpecialTokens = true }: EncodeStreamOptions,
): CheckedStreamOptions {
  toBoolean("specialTokens", specialTokens);
  toBoolean("matchSpecialTokens", matchSpecialTokens);
  return { specialTokens, matchSpecialTokens };
}

/**
 * Checks how long texts may be.
 *
 * @param value The truncation.
 */
export function checkTruncation(value: Truncation): CheckedTruncation {
  const { maxLength, direction = "right", strategy = "longest-first" } =
    readOptions(value, TRUNCATION, "truncation");
  return {
    maxLength: toSize("truncation.maxLength", maxLength),
    direction: toName("truncation.direction", direction, SIDES),
    strategy: toName("truncation.strategy", strategy, STRATEGIES),
  };
}

/**
 * Checks how texts are made equally long.
 *
 * @param value The padding.
 */
export function checkPadding(value: Padding): CheckedPadding {
  const { length, multipleOf = 1, direction = "right", id = 0, typeId = 0 } =
    readOptions(value, PADDING, "padding");
  if (length !== undefined) toInteger("padding.length", length, 0, MAX_LENGTH);
  return {
    length,
    multipleOf: toInteger("padding.multipleOf", multipleOf, 1, MAX_LENGTH),
    direction: toName("padding.direction", direction, SIDES),
    id: toSize("padding.id", id),
    typeId: toInteger("padding.typeId", typeId, 0, 255),
  };
}

/** More would be memory for nothing. */
const MAX_LENGTH = 1 << 24;

/**
 * Checks the options of a decoding.
 *
 * @param options The options.
 */
export function readDecodeOptions(
  options: DecodeOptions | undefined,
): { readonly specialTokens: boolean } {
  const { specialTokens = false } = readOptions(options, DECODE);
  toBoolean("specialTokens", specialTokens);
  return { specialTokens };
}

/**
 * Creates the error for a file that says something unknown.
 *
 * @param what What it says.
 */
export function unknownSetting(what: string): IreeError {
  return new IreeError(
    "UNIMPLEMENTED",
    `the tokenizer's file has ${what}, which is not supported`,
  );
}
