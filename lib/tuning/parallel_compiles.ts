/** Memory of a compile without constants, in bytes. */
const COMPILER_BYTES = 600 * 1024 ** 2;

/** Copies of the source that a compile holds: as text, MLIR and code. */
const COPIES = 6;

/** Free memory to assume if it is unknown, in bytes. */
const UNKNOWN_BYTES = 2 * 1024 ** 3;

/**
 * Returns how many compiles may run at the same time: one for each core, as far
 * as the free memory allows.
 *
 * @param sourceBytes Size of the source.
 */
export function parallelCompiles(sourceBytes: number): number {
  const each = COMPILER_BYTES + COPIES * sourceBytes;
  const fitting = Math.floor(freeMemory() / each);
  return Math.max(1, Math.min(navigator.hardwareConcurrency, fitting));
}

function freeMemory(): number {
  const { state } = Deno.permissions.querySync({
    name: "sys",
    kind: "systemMemoryInfo",
  });
  return state === "granted"
    ? Deno.systemMemoryInfo().available
    : UNKNOWN_BYTES;
}
