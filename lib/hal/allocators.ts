import { describeValue } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";

/** Names of the allocators that a device's own can be wrapped in. */
const NAMES: readonly string[] = ["caching", "debug"];

/** What a pool of a caching allocator can be limited in, in its order. */
const LIMITS: readonly string[] = [
  "bytes of an allocation",
  "bytes of all of them",
  "number of free ones",
];

/**
 * Refuses what IREE would ignore in specifications of allocators; the rest is
 * for IREE to refuse.
 *
 * @param specs The specifications.
 */
export function checkAllocators(specs: readonly string[]): void {
  if (!Array.isArray(specs)) {
    throw new IreeError("INVALID_ARGUMENT", "allocators must be an array");
  }
  for (const spec of specs) checkAllocator(spec);
}

function checkAllocator(spec: string): void {
  if (typeof spec !== "string") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `an allocator is a string, not ${describeValue(spec)}`,
    );
  }
  const [, name, pools] = /^([^:]*)(?::(.*))?$/s.exec(spec) ?? [];
  if (!NAMES.includes(name)) {
    throw refused(
      spec,
      `unrecognized allocator '${name}'`,
      `it can be ${NAMES.join(" or ")}`,
    );
  }
  if (pools === undefined) return;
  if (name !== "caching") {
    throw refused(spec, `'${name}' has nothing after its name`);
  }
  for (const pool of pools.split(",")) {
    const limits = /=(.*)$/s.exec(pool)?.[1].split(";") ?? [];
    if (pool.trim() !== "" && limits.length <= LIMITS.length) continue;
    throw refused(
      spec,
      `'${pool}' is no pool`,
      `it is a heap, such as device_local or *, and up to ${LIMITS.length} ` +
        `limits: heap=${LIMITS.map((limit) => `<${limit}>`).join(";")}`,
    );
  }
}

function refused(spec: string, reason: string, hint?: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `allocator '${spec}': ${reason}`, {
    hint,
  });
}
