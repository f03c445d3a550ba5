import { IreeError, type StatusCode } from "../base/error.ts";

/** A position within a structure. */
export interface Place {
  /** The position of its parent. */
  readonly parent?: Place;
  /** Its key or index there; without a parent, its name. */
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
 * Creates the error for a value in a structure.
 *
 * @param code The status code.
 * @param functionName The function's name.
 * @param place The value's position.
 * @param problem The problem; after the position if it starts with `must`.
 */
export function structureError(
  code: StatusCode,
  functionName: string,
  place: Place,
  problem: string,
): IreeError {
  return new IreeError(
    code,
    `${formatPlace(place)} of '${functionName}'${
      problem.startsWith("must ") ? "" : ":"
    } ${problem}`,
    { hint: CALL_HINT },
  );
}

/** How to bypass structures. */
export const CALL_HINT: string =
  "the program declares structures in its attribute iree.abi; " +
  "fn.with({ structures: false }) passes values as they are";
