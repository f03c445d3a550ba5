import { readCpuFeatures } from "../../ffi/disassemble.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";

/**
 * Returns which features this machine's CPU has, of those that IREE's programs
 * can use, as `iree-cpuinfo` prints them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 * import { cpuFeatures } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * const features = cpuFeatures(instance);
 * assertEquals(typeof (features["avx2"] ?? features["dotprod"]), "boolean");
 * ```
 *
 * @param instance The instance, which opens the library.
 * @returns Whether the CPU has a feature, by LLVM's name.
 */
export function cpuFeatures(
  instance: Instance,
): Readonly<Record<string, boolean>> {
  handleOf(instance);
  return Object.fromEntries(readCpuFeatures());
}
