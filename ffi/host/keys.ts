/**
 * Keys of calls into this isolate, by the modules that make them.
 *
 * @module
 */

import { weakMap } from "../base/intrinsics.ts";
import type { Handle } from "../ownership/handle.ts";

const keys = weakMap<Handle, readonly number[]>();

/**
 * Records which keys the calls of a module have that are not calls of its
 * functions.
 */
export function setHostKeys(module: Handle, its: readonly number[]): void {
  keys.set(module, its);
}

/** Returns those keys; none for a module that makes no calls. */
export function hostKeysOf(module: Handle): readonly number[] {
  return keys.get(module) ?? [];
}
