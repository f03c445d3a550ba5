import {
  type BuiltinModuleName,
  createBuiltinModule,
  createHalModule,
} from "../../ffi/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { IreeError } from "../base/error.ts";
import { type Device, groupOf } from "../hal/device.ts";
import type { Instance } from "../base/instance.ts";
import { Module } from "./module.ts";
import { handleOf } from "../base/native_object.ts";
import { checkSize } from "../base/checks.ts";

export type { BuiltinModuleName };

let readDevices: (module: HalModule) => Handle;

/**
 * The module `hal`: a program's way to its devices.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device, HalModule, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using hal = HalModule.create(instance, device);
 * assertEquals(hal.devices, [device]);
 * ```
 */
export class HalModule extends Module {
  /** The devices, in the order in which programs know them. */
  readonly devices: readonly Device[];
  readonly #devices: Handle;

  private constructor(
    instance: Instance,
    devices: readonly Device[],
    lead: number,
  ) {
    const group = groupOf(devices);
    super(createHalModule(handleOf(instance), group, lead));
    this.devices = devices;
    this.#devices = group;
  }

  /**
   * Creates the module over a device or several.
   *
   * @param instance The instance.
   * @param devices A device that was created alone, or all devices of a group
   * in its order; the module keeps them alive.
   * @param lead Which of the devices allocates memory that any of several
   * could.
   */
  static create(
    instance: Instance,
    devices: Device | readonly Device[],
    lead = 0,
  ): HalModule {
    const all = Array.isArray(devices) ? [...devices] : [devices];
    checkSize("lead", lead);
    return new HalModule(instance, all, lead);
  }

  static {
    readDevices = (module) => module.#devices;
  }
}

/**
 * Group of the devices that a program uses: those of its HAL module, which is
 * held by whoever holds the module's handle.
 *
 * @param modules The modules of a context.
 */
export function devicesOf(modules: readonly Module[]): Handle | undefined {
  const hal = modules.find((module) => module instanceof HalModule);
  return hal === undefined ? undefined : readDevices(hal);
}

/** All names of builtin modules that need nothing but the instance. */
export const BUILTIN_MODULE_NAMES: readonly BuiltinModuleName[] = [
  "hal_inline",
  "hal_loader",
  "vmvx",
];

/**
 * A module that comes with the runtime: `hal_inline` and `hal_loader` for
 * programs compiled without devices, `vmvx` for their portable code. `hal` and
 * `io_parameters` have classes of their own, {@linkcode HalModule} and
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
    if (!BUILTIN_MODULE_NAMES.includes(name)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `no builtin module '${name}'; there are ` +
          BUILTIN_MODULE_NAMES.join(", "),
      );
    }
    return new BuiltinModule(createBuiltinModule(handleOf(instance), name));
  }
}
