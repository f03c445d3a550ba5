import { copyArray, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";

/** Allocators that can wrap a device's own. */
const NAMES: readonly string[] = ["caching", "debug"];

/** Devices whose driver assumes that every allocator is its own. */
const WITHOUT_WRAPPING = /^vulkan(?:$|:)/;

/** Limits of a caching allocator's pool, in order. */
const LIMITS: readonly string[] = [
  "bytes per allocation",
  "bytes in total",
  "free allocations",
];

/**
 * Rejects allocator specifications that IREE would ignore, and devices whose
 * driver crashes with a wrapped allocator. IREE rejects other invalid ones.
 *
 * @param specs The specifications.
 * @param uris URIs of the devices.
 */
export function checkAllocators(
  specs: readonly string[],
  uris: readonly string[],
): readonly string[] {
  const copy = copyArray("allocators", specs, checkAllocator);
  const uri = uris.find((uri) => WITHOUT_WRAPPING.test(uri));
  if (uri === undefined || copy.length === 0) return copy;
  throw new IreeError(
    "UNIMPLEMENTED",
    `device '${uri}': the driver does not support allocators`,
    { hint: "create the device without the option allocators" },
  );
}

function checkAllocator(spec: string): void {
  if (typeof spec !== "string") {
    throw mustBe("an allocator", "a string", spec);
  }
  const [, name = "", pools] = /^([^:]*)(?::(.*))?$/s.exec(spec) ?? [];
  if (!NAMES.includes(name)) {
    throw refused(
      spec,
      `unrecognized allocator '${name}'`,
      `allocators: ${NAMES.join(" or ")}`,
    );
  }
  if (pools === undefined) return;
  if (name !== "caching") {
    throw refused(spec, `'${name}' must not have anything after its name`);
  }
  for (const pool of pools.split(",")) {
    const limits = /=(.*)$/s.exec(pool)?.[1]?.split(";") ?? [];
    if (pool.trim() !== "" && limits.length <= LIMITS.length) continue;
    throw refused(
      spec,
      `'${pool}' is not a pool`,
      `a pool is a heap, such as device_local or *, and up to ${LIMITS.length} ` +
        `limits: heap=${LIMITS.map((limit) => `<${limit}>`).join(";")}`,
    );
  }
}

function refused(spec: string, reason: string, hint?: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `allocator '${spec}': ${reason}`, {
    hint,
  });
}
