import { NativeObject } from "../base/native_object.ts";
import type { Value } from "../vm/value.ts";
import type { Argument } from "./argument.ts";

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
