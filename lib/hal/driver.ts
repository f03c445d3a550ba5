import {
  type DriverInfo,
  listDriverDevices,
  listDrivers as readDrivers,
} from "../../ffi/driver.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { withDriver } from "./driver_errors.ts";

export type { DriverInfo };

/** A device that there is, whether it was created or not. */
export interface DeviceInfo {
  /** Name of its driver. */
  readonly driver: string;
  /** What its driver tells it apart by; empty where there is only one. */
  readonly path: string;
  /** What it is created by: `driver://path`. */
  readonly uri: string;
  /** What it is called. */
  readonly name: string;
  /** What its driver tells of it, for people; empty unless asked for. */
  readonly details: string;
}

/** What is told of devices. */
export interface ListDevicesOptions {
  /**
   * Ask drivers for details too, which may take longer.
   *
   * @default {false}
   */
  details?: boolean | undefined;
}

/** A driver, and its devices or why there are none. */
export interface DriverReport extends DriverInfo {
  /** Its devices; empty when it cannot be used here. */
  readonly devices: readonly DeviceInfo[];
  /** Why it cannot be used here, as when a library of the system is missing. */
  readonly error: IreeError | undefined;
}

/**
 * Lists the drivers in the library, whether they can be used here or not.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { Instance, listDrivers } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * assert(listDrivers(instance).some(({ name }) => name === "local-task"));
 * ```
 *
 * @param instance The instance.
 */
export function listDrivers(instance: Instance): DriverInfo[] {
  handleOf(instance);
  return readDrivers();
}

/**
 * Lists devices. Drivers load libraries of the system for that, and may take
 * long.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance, listDevices } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * const [device] = listDevices(instance, "local-sync");
 * assertEquals(device.uri, "local-sync://");
 * ```
 *
 * @param instance The instance.
 * @param driver Name of a driver; left out, the devices of all drivers that
 * can be used here are listed.
 * @param options What is told of them.
 * @returns The devices; throws what the driver failed with, when it is named.
 */
export function listDevices(
  instance: Instance,
  driver?: string,
  options: ListDevicesOptions = {},
): DeviceInfo[] {
  if (driver === undefined) {
    return probeDrivers(instance, options).flatMap(({ devices }) => devices);
  }
  handleOf(instance);
  const { details = false } = options;
  return withDriver(() => listDriverDevices(driver, details)).map((device) => ({
    driver,
    ...device,
    uri: `${driver}://${device.path}`,
  }));
}

/**
 * Tries all drivers. They load libraries of the system for that, and may take
 * long.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 * import { probeDrivers } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * const reports = probeDrivers(instance);
 * const local = reports.find(({ name }) => name === "local-task");
 * assertEquals(local?.error, undefined);
 * assertEquals(local?.devices.length, 1);
 * ```
 *
 * @param instance The instance.
 * @param options What is told of their devices.
 * @returns Of each driver its devices, or why it cannot be used here.
 */
export function probeDrivers(
  instance: Instance,
  options: ListDevicesOptions = {},
): DriverReport[] {
  return listDrivers(instance).map((driver) => {
    try {
      const devices = listDevices(instance, driver.name, options);
      return { ...driver, devices, error: undefined };
    } catch (error) {
      if (!(error instanceof IreeError)) throw error;
      return { ...driver, devices: [], error };
    }
  });
}
