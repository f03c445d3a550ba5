import { isRevoked } from "../base/checks.ts";
import { isNativeObject } from "../base/native_object.ts";
import type { CallResult, Structure } from "./argument.ts";

/**
 * Disposes all objects in the results of a call.
 *
 * @example
 * ```ts ignore
 * import { disposeStructure, load } from "@iree/runtime";
 *
 * using program = load({ modules: ["model.vmfb"] });
 * let state = program.initialize();
 * for (let step = 0; step < 100; step++) {
 *   const next = program.step(state!);
 *   disposeStructure(state);
 *   state = next;
 * }
 * disposeStructure(state);
 * ```
 *
 * @param results The results; `undefined` for none.
 */
export function disposeStructure(results: CallResult): void {
  disposeAll(results, new Set());
}

// Values other than results can contain themselves.
function disposeAll(structure: unknown, seen: Set<unknown>): void {
  if (isNativeObject(structure)) return structure.dispose();
  if (!isNested(structure)) return;
  if (seen.has(structure) || isRevoked(structure)) return;
  seen.add(structure);
  for (const value of Object.values(structure)) disposeAll(value, seen);
}

/** Calls a function with each value in a structure. */
export function forEachLeaf<Leaf>(
  structure: undefined | Structure<Leaf>,
  visit: (leaf: Leaf) => void,
): void {
  if (isNested(structure)) {
    for (const part of Object.values(structure)) {
      forEachLeaf(part as Structure<Leaf>, visit);
    }
  } else if (structure !== undefined) {
    visit(structure as Leaf);
  }
}

/** Creates a structure of the same form with other values. */
export function mapLeaves<From, To>(
  structure: Structure<From>,
  map: (leaf: From) => To,
): Structure<To> {
  if (!isNested(structure)) return map(structure as From);
  if (Array.isArray(structure)) {
    return structure.map((part) =>
      mapLeaves<From, To>(part as Structure<From>, map)
    );
  }
  return Object.fromEntries(
    Object.entries(structure).map((
      [key, part],
    ) => [key, mapLeaves<From, To>(part as Structure<From>, map)]),
  );
}

// Leaves are numbers, null, native objects and typed arrays.
function isNested(
  structure: unknown,
): structure is unknown[] & Record<string, unknown> {
  return typeof structure === "object" && structure !== null &&
    !isNativeObject(structure) && !ArrayBuffer.isView(structure);
}
