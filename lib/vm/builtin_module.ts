import {
  type BuiltinModuleName,
  createBuiltinModule,
  createHalInlineModule,
} from "../../ffi/module.ts";
import { toName } from "../base/checks.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type TensorTracer, traceTargetOf } from "../hal/tensor_trace.ts";
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
   * @param traceTensors For `hal_inline`: receives the tensors of trace points;
   * without it, they are printed to stderr. Needs unrestricted `--allow-ffi`.
   */
  static create(
    instance: Instance,
    name: BuiltinModuleName,
    traceTensors?: TensorTracer,
  ): BuiltinModule {
    toName("name", name, BUILTIN_MODULE_NAMES);
    const owner = handleOf(instance);
    const trace = traceTargetOf(traceTensors);
    return new BuiltinModule(
      name === "hal_inline"
        ? createHalInlineModule(owner, trace)
        : createBuiltinModule(owner, name),
    );
  }
}
