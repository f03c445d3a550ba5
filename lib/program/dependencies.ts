import { copyArray, isArray, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import type { Steps } from "../base/steps.ts";
import { Device, isDevice } from "../hal/device.ts";
import { loadParameters, toSources } from "../parameters/source.ts";
import {
  BUILTIN_MODULE_NAMES,
  BuiltinModule,
  type BuiltinModuleName,
} from "../vm/builtin_module.ts";
import { HalModule } from "../vm/hal_module.ts";
import type { Module } from "../vm/module.ts";
import type { KeptDevices } from "./kept_devices.ts";
import type { LoadOptions } from "./load_options.ts";

/** Options of `load`, and what it adds to them. */
export interface LoadingOptions extends LoadOptions {
  /** The file of weights next to a program, used without other parameters. */
  readonly parametersBeside: () => string | undefined;
  /** Devices of the program that this one replaces. */
  readonly kept: KeptDevices | undefined;
}

/** The default device, as in `iree-run-module`. */
const DEFAULT_DEVICE = "local-task";

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

/**
 * Throws if a value is neither a device nor its URI.
 *
 * @param device The value.
 */
export function checkDevice(device: string | Device): void {
  if (typeof device === "string" || isDevice(device)) return;
  throw mustBe("a device", "a URI or a Device", device);
}

function createHal(
  instance: Instance,
  options: LoadingOptions,
  stack: DisposableStack,
): HalModule {
  const { device = DEFAULT_DEVICE, deviceOptions, leadDevice, traceTensors } =
    options;
  const given: readonly (string | Device)[] = isArray(device)
    ? copyArray("device", device, checkDevice)
    : [device as string | Device];
  if (!isArray(device)) checkDevice(device as string | Device);
  const devices = given.filter(isDevice);
  if (devices.length > 0 && devices.length < given.length) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "device must be all URIs or all devices of one group, got both",
    );
  }
  if (devices.length > 0) {
    if (deviceOptions !== undefined) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "deviceOptions applies only to devices created from URIs, got existing " +
          "devices",
      );
    }
    return HalModule.create(instance, devices, leadDevice, traceTensors);
  }
  const uris = given as readonly string[];
  const { kept } = options;
  if (kept !== undefined) {
    const devices = kept.open(instance, uris, deviceOptions);
    return HalModule.create(instance, devices, leadDevice);
  }
  const created = Device.createGroup(instance, uris, deviceOptions);
  for (const it of created) stack.use(it);
  return HalModule.create(instance, created, leadDevice, traceTensors);
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
