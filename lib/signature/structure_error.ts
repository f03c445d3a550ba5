import { IreeError, type StatusCode } from "../base/error.ts";

/** Where in a structure something is. */
export interface Place {
  /** What it is in. */
  readonly parent?: Place;
  /** Its key or number there; without a parent, what it is called. */
  readonly key: string | number;
}

function formatPlace({ parent, key }: Place): string {
  if (parent === undefined) return String(key);
  const inner = typeof key === "number"
    ? `[${key}]`
    : /^[A-Za-z_$][\w$]*$/.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
  return formatPlace(parent) + inner;
}

/**
 * Makes the error for something in a structure.
 *
 * @param code The status code.
 * @param functionName The function that takes or gives it.
 * @param place Where it is.
 * @param problem What is wrong with it.
 */
export function structureError(
  code: StatusCode,
  functionName: string,
  place: Place,
  problem: string,
): IreeError {
  return new IreeError(
    code,
    `${formatPlace(place)} of '${functionName}': ${problem}`,
    { hint: CALL_HINT },
  );
}

/** The way around structures. */
export const CALL_HINT: string =
  "the program declares structures by its attribute iree.abi; " +
  "fn.with({ structures: false }) passes values as they are";
