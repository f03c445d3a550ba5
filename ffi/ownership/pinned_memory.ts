/**
 * Memory of JavaScript that native code uses without a copy: kept until that
 * tells that it no longer does.
 *
 * @module
 */

import { native } from "../library/library.ts";

const kept = new Map<number, ArrayBuffer>();

/**
 * Keeps memory.
 *
 * @returns The key by which native code tells that it no longer uses it.
 */
export function pinMemory(memory: ArrayBuffer): number {
  const key = native.iree_ffi_import_new_key();
  kept.set(key, memory);
  return key;
}

/** Keeps memory in place of what was kept before, which it was moved out of. */
export function pinMovedMemory(key: number, memory: ArrayBuffer): void {
  kept.set(key, memory);
}

/** Lets memory go that native code was not given after all. */
export function unpinMemory(key: number): void {
  unpinReleasedMemory();
  kept.delete(key);
}

/**
 * Lets go of what is no longer used. Called whenever a native object goes: with
 * the last one that used the memory, usually.
 */
export function unpinReleasedMemory(): void {
  if (kept.size === 0) return;
  for (;;) {
    const key = native.iree_ffi_import_take_released();
    if (key === 0) return;
    kept.delete(key);
  }
}
