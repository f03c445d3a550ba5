import { IreeError, type StatusCode } from "../base/error.ts";
import type { Argument } from "./function.ts";
import { NativeObject } from "../base/native_object.ts";
import type { Value } from "../vm/value.ts";

/**
 * What `VmFunction.invoke` takes: arguments, and arrays and plain objects of
 * them where the program tells of lists, tuples and dictionaries.
 */
export type StructuredArgument =
  | Argument
  | readonly StructuredArgument[]
  | { readonly [key: string]: StructuredArgument };

/**
 * What `VmFunction.invoke` gives: results, and arrays and plain objects of them
 * where the program tells of lists, tuples and dictionaries.
 */
export type StructuredResult =
  | Value
  | StructuredResult[]
  | { [key: string]: StructuredResult };

/**
 * Disposes all objects in what `VmFunction.invoke` gave.
 *
 * @example
 * ```ts ignore
 * import { disposeStructure, load } from "@iree/runtime";
 *
 * using program = load({ modules: ["model.vmfb"] });
 * let state = program.initialize()!;
 * for (let step = 0; step < 100; step++) {
 *   const next = program.step(state)!;
 *   disposeStructure(state);
 *   state = next;
 * }
 * disposeStructure(state);
 * ```
 *
 * @param structure The results; `undefined` for none.
 */
export function disposeStructure(
  structure: StructuredResult | undefined,
): void {
  if (structure instanceof NativeObject) structure.dispose();
  else if (typeof structure === "object" && structure !== null) {
    Object.values(structure).forEach(disposeStructure);
  }
}

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

/** What there is besides. */
export const CALL_HINT =
  "the program tells of structures by its attribute iree.abi; VmFunction.call " +
  "passes values as they are";
