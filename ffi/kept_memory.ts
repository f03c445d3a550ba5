/**
 * Memory of JavaScript that native code uses without a copy: kept until that
 * tells that it no longer does.
 *
 * @module
 */

/** Memory that is kept. */
export interface KeptMemory {
  /** What must not be collected. */
  readonly memory: ArrayBuffer;
  /** Whether nothing native uses it any more. */
  isReleased(): boolean;
  /** Lets go of what tells. */
  letGo(): void;
}

const kept = new Set<KeptMemory>();

/** Keeps memory. */
export function keepMemory(memory: KeptMemory): void {
  kept.add(memory);
}

/**
 * Lets go of what is no longer used. Called whenever a native object goes: with
 * the last one that used the memory, usually.
 */
export function sweepKeptMemory(): void {
  if (kept.size === 0) return;
  for (const memory of kept) {
    if (!memory.isReleased()) continue;
    kept.delete(memory);
    memory.letGo();
  }
}
