import { IreeError } from "../base/error.ts";
import { describeNumber, describeValue } from "../base/message_values.ts";
import { copyArray, isArray } from "../base/checks.ts";
import { typedArrayName } from "../../ffi/base/typed_array.ts";

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
  if (!isArray(tokens) && typedArrayName(tokens) !== "Uint32Array") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `tokens must be an array, got ${describeValue(tokens)}`,
    );
  }
  let at = 0;
  const check = (token: number) => {
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary) {
      throw new IreeError(
        "OUT_OF_RANGE",
        `tokens[${at}] must be 0 to ${vocabulary - 1}, got ${
          describeNumber(token)
        }`,
      );
    }
    at++;
  };
  const copy = isArray(tokens)
    ? copyArray("tokens", tokens, check)
    : [...tokens as Uint32Array];
  if (copy.length === 0) {
    throw new IreeError("INVALID_ARGUMENT", "tokens must not be empty");
  }
  if (!isArray(tokens)) copy.forEach(check);
  return copy;
}
