import { IreeError } from "../base/error.ts";
import { describeNumber, describeValue } from "../base/describe.ts";
import { isArray } from "../base/checks.ts";

/**
 * Checks and copies tokens.
 *
 * @param tokens The tokens.
 * @param vocabulary Number of tokens that the model knows.
 */
export function checkTokens(
  tokens: readonly number[] | Uint32Array,
  vocabulary: number,
): number[] {
  if (!isArray(tokens) && !(tokens instanceof Uint32Array)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `tokens must be an array, got ${describeValue(tokens)}`,
    );
  }
  const copy = Array.from(tokens);
  if (copy.length === 0) {
    throw new IreeError("INVALID_ARGUMENT", "tokens must not be empty");
  }
  copy.forEach((token, at) => {
    if (Number.isInteger(token) && token >= 0 && token < vocabulary) return;
    throw new IreeError(
      "OUT_OF_RANGE",
      `tokens[${at}] must be 0 to ${vocabulary - 1}, got ${
        describeNumber(token)
      }`,
    );
  });
  return copy;
}
