import { IreeError } from "../base/error.ts";

/**
 * Creates the error for a call with too few or too many arguments.
 *
 * @param functionName The function.
 * @param wanted What it takes, such as `2 arguments`.
 * @param given How many were passed.
 * @param hint What to do, if that is known.
 */
export function wrongArgumentCount(
  functionName: string,
  wanted: string,
  given: number,
  hint: string | undefined,
): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `input list and function mismatch; expected ${wanted} but passed ${given} ` +
      `to '${functionName}'`,
    { hint },
  );
}
