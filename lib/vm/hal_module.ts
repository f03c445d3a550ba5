import { createHalModule } from "../../ffi/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { isArray, toSize } from "../base/checks.ts";
import type { Facts } from "../base/printing.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import type { Device } from "../hal/device.ts";
import { copyDevices, groupOf } from "../hal/device_group.ts";
import { type TensorTracer, traceTargetOf } from "../hal/tensor_trace.ts";
import { Module } from "./module.ts";

let readDevices: (module: HalModule) => Handle;

/**
 * The module `hal`, through which programs use devices.
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
  /** The devices, in the order in which programs number them. */
  readonly devices: readonly Device[];
  readonly #devices: Handle;

  private constructor(
    instance: Instance,
    devices: readonly Device[],
    lead: number,
    traceTensors: TensorTracer | undefined,
  ) {
    const group = groupOf(devices);
    const trace = traceTargetOf(traceTensors);
    super(createHalModule(handleOf(instance), group, lead, trace));
    this.devices = devices;
    this.#devices = group;
  }

  /**
   * Creates the module over one device or several.
   *
   * @param instance The instance.
   * @param devices A device created alone, or all devices of a group in creation
   * order; the module keeps them alive.
   * @param lead The device that makes allocations that several could make.
   * @param traceTensors Receives the tensors of trace points; without it, they
   * are printed to stderr. Needs unrestricted `--allow-ffi`.
   */
  static create(
    instance: Instance,
    devices: Device | readonly Device[],
    lead = 0,
    traceTensors?: TensorTracer,
  ): HalModule {
    const all: readonly Device[] = isArray(devices)
      ? copyDevices(devices as readonly Device[])
      : [devices as Device];
    return new HalModule(instance, all, toSize("lead", lead), traceTensors);
  }

  static {
    readDevices = (module) => module.#devices;
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      ...super.describe(),
      devices: () => this.devices.map(({ uri }) => uri),
    };
  }
}

/**
 * Returns the device group of a program: that of its HAL module. Holders of the
 * module's handle also hold the group.
 *
 * @param modules The modules of a context.
 */
export function devicesOf(modules: readonly Module[]): Handle | undefined {
  const hal = modules.find((module) => module instanceof HalModule);
  return hal === undefined ? undefined : readDevices(hal);
}

/**
 * Whether calls of a program compute on their own thread, so that they never wait
 * for work of others.
 *
 * @param modules The modules of a context.
 */
export function computesAlone(modules: readonly Module[]): boolean {
  const hal = modules.find((module) => module instanceof HalModule);
  return hal === undefined ||
    hal.devices.every(({ uri }) => /^local-sync\b/.test(uri));
}
