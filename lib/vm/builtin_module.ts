import {
  type BuiltinModuleName,
  createBuiltinModule,
} from "../../ffi/module.ts";
import { toName } from "../base/checks.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { Module } from "./module.ts";

export type { BuiltinModuleName };

/** Names of all builtin modules that require only the instance. */
export const BUILTIN_MODULE_NAMES: readonly BuiltinModuleName[] = [
  "hal_inline",
  "hal_loader",
  "vmvx",
];

/**
 * A module included in the runtime: `hal_inline` and `hal_loader` for programs
 * compiled without devices, `vmvx` for their portable code. `hal` and
 * `io_parameters` have their own classes, {@linkcode HalModule} and
 * `ParametersModule`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BuiltinModule, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using vmvx = BuiltinModule.create(instance, "vmvx");
 * assertEquals(vmvx.name, "vmvx");
 * ```
 */
export class BuiltinModule extends Module {
  /**
   * Creates a builtin module.
   *
   * @param instance The instance.
   * @param name Its name.
   */
  static create(instance: Instance, name: BuiltinModuleName): BuiltinModule {
    toName("name", name, BUILTIN_MODULE_NAMES);
    return new BuiltinModule(createBuiltinModule(handleOf(instance), name));
  }
}
