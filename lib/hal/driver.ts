import {
  type DriverInfo,
  listDriverDevices,
  listDrivers as readDrivers,
} from "../../ffi/driver.ts";
import { toBoolean } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { withDriver } from "./driver_errors.ts";

export type { DriverInfo };

/** A device found by a driver, whether or not it was created. */
export interface DeviceInfo {
  /** Driver name. */
  readonly driver: string;
  /**
   * Identifies the device to its driver; may be empty if it is the only one.
   */
  readonly path: string;
  /** URI to create it with: `driver://path`. */
  readonly uri: string;
  /** Device name. */
  readonly name: string;
  /** Details from the driver, for people; empty unless requested. */
  readonly details: string;
}

/** Options for listing devices. */
export interface ListDevicesOptions {
  /**
   * Include details from drivers, which may take longer.
   *
   * @default {false}
   */
  details?: boolean | undefined;
}

/** A driver with its devices, or the error that prevents its use. */
export interface DriverReport extends DriverInfo {
  /** Its devices; empty if it cannot be used here. */
  readonly devices: readonly DeviceInfo[];
  /**
   * Why it cannot be used here, for example because a system library is
   * missing.
   */
  readonly error: IreeError | undefined;
}

/**
 * Lists the drivers in the library, including those that cannot be used here.
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
 * Lists devices. Drivers may load system libraries for this and take a while.
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
 * @param driver Name of a driver; if omitted, lists the devices of all usable
 * drivers.
 * @param options Whether to include details.
 * @returns The devices; throws the driver's failure if you name one.
 */
export function listDevices(
  instance: Instance,
  driver?: string,
  options?: ListDevicesOptions,
): DeviceInfo[] {
  if (driver === undefined) {
    return probeDrivers(instance, options).flatMap(({ devices }) => devices);
  }
  handleOf(instance);
  const { details = false } = readOptions(options, OPTIONS);
  toBoolean("details", details);
  return withDriver(() => listDriverDevices(driver, details)).map((device) => ({
    driver,
    ...device,
    uri: `${driver}://${device.path}`,
  }));
}

/**
 * Tries all drivers. They may load system libraries for this and take a while.
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
 * @param options Whether to include details of devices.
 * @returns Each driver with its devices, or the error that prevents its use.
 */
export function probeDrivers(
  instance: Instance,
  options?: ListDevicesOptions,
): DriverReport[] {
  const read = readOptions(options, OPTIONS);
  if (read.details !== undefined) toBoolean("details", read.details);
  return listDrivers(instance).map((driver) => {
    try {
      const devices = listDevices(instance, driver.name, read);
      return { ...driver, devices, error: undefined };
    } catch (error) {
      if (!(error instanceof IreeError)) throw error;
      return { ...driver, devices: [], error };
    }
  });
}

const OPTIONS: OptionNames<ListDevicesOptions> = { details: true };
