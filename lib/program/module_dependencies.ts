import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import type { Steps } from "../base/steps.ts";
import { loadParameters, toSources } from "../parameters/parameter_source.ts";
import {
  BUILTIN_MODULE_NAMES,
  BuiltinModule,
  type BuiltinModuleName,
} from "../vm/builtin_module.ts";
import type { Module } from "../vm/module.ts";
import type { LoadingOptions } from "./load_options.ts";
import { createHal } from "./program_devices.ts";

/**
 * Adds IREE's own modules that a module needs: the HAL with its devices, the
 * parameters, the builtin modules.
 *
 * @param instance The instance.
 * @param module The module.
 * @param linked The modules before it, which are added to.
 * @param options Devices and parameters.
 * @param stack Owns the created objects.
 */
export function* addDependencies(
  instance: Instance,
  module: Module,
  linked: Module[],
  options: LoadingOptions,
  stack: DisposableStack,
): Steps<void> {
  for (const { name, optional } of module.dependencies) {
    if (linked.some((it) => it.name === name)) continue;
    if (name === "hal") {
      linked.push(stack.use(createHal(instance, options, stack)));
    } else if (name === "io_parameters") {
      const { parameters, parametersBeside } = options;
      const sources = toSources(parameters ?? parametersBeside());
      const mode = options.parameterMode;
      linked.push(
        stack.use(yield* loadParameters(instance, sources, { mode })),
      );
    } else if (isBuiltinName(name)) {
      const { traceTensors } = options;
      linked.push(
        stack.use(BuiltinModule.create(instance, name, traceTensors)),
      );
    } else if (!optional) {
      throw missingModule(name, module, linked);
    }
  }
}

function isBuiltinName(name: string): name is BuiltinModuleName {
  return BUILTIN_MODULE_NAMES.some((it) => it === name);
}

function missingModule(
  name: string,
  module: Module,
  linked: readonly Module[],
): IreeError {
  const given = [...linked, module].map((it) => it.name);
  return new IreeError(
    "NOT_FOUND",
    `required module '${name}' not available (modules must be registered in ` +
      `order with dependent modules following those they depend upon)`,
    {
      hint: `module '${module.name}' needs it; modules up to it, in ` +
        `order: ${given.join(", ")}`,
    },
  );
}
