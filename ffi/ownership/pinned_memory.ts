/**
 * Pins JavaScript memory that native code uses without a copy, until native
 * code releases it.
 *
 * @module
 */

import { uncurry } from "../base/intrinsics.ts";
import { native } from "../library/library.ts";

const kept = new Map<number, ArrayBuffer>();
const set = uncurry(kept.set);
const remove = uncurry(kept.delete);
let count = 0;

/**
 * Pins memory.
 *
 * @returns The key that native code reports when it releases the memory.
 */
export function pinMemory(memory: ArrayBuffer): number {
  const key = native.iree_ffi_import_new_key();
  set(kept, key, memory);
  count++;
  return key;
}

/** Replaces pinned memory with the memory that it was moved to. */
export function pinMovedMemory(key: number, memory: ArrayBuffer): void {
  set(kept, key, memory);
}

/** Unpins memory that was not passed to native code after all. */
export function unpinMemory(key: number): void {
  unpinReleasedMemory();
  unpin(key);
}

/**
 * Unpins released memory. Called whenever a native object is released, usually
 * the last one that used the memory.
 */
export function unpinReleasedMemory(): void {
  if (count === 0) return;
  for (;;) {
    const key = native.iree_ffi_import_take_released();
    if (key === 0) return;
    unpin(key);
  }
}

function unpin(key: number): void {
  if (remove(kept, key)) count--;
}
