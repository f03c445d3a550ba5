import { IreeError } from "../base/error.ts";
import { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { TokenTexts } from "./generation.ts";
import type { TextSource } from "./model_source.ts";

/** Decodes tokens of models without a vocabulary. */
export const WITHOUT_TEXT: TokenTexts = {
  push: () => "",
  finish: () => "",
  [Symbol.dispose]: () => {},
};

/**
 * Opens the tokenizer of a model.
 *
 * @param path The model, for messages.
 * @param source What its files have about text.
 * @param library Path of IREE's library, if it is given.
 */
export function openTokenizer(
  path: string,
  source: TextSource,
  library: string | URL | undefined,
): Tokenizer {
  const bytes = new TextEncoder().encode(source.tokenizer);
  try {
    return Tokenizer.fromBytes(bytes, { library });
  } catch (cause) {
    if (!(cause instanceof IreeError)) throw cause;
    throw new IreeError(
      cause.code,
      `the tokenizer of '${path}' cannot be used: ${cause.message}`,
      { cause },
    );
  }
}
