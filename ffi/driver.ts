/**
 * Drivers and the devices that they see.
 *
 * @module
 */

import { encodeText } from "./base/text.ts";
import { native } from "./library/library.ts";
import { readRecord } from "./library/status.ts";

/** A driver in the library. */
export interface DriverInfo {
  /** Its name, as URIs of devices begin. */
  readonly name: string;
  /** What it is, for people. */
  readonly fullName: string;
}

/** Lists all drivers in the library. */
export function listDrivers(): DriverInfo[] {
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_driver_list(buffer, capacity)
  );
  return record.list(() => ({
    name: record.string(),
    fullName: record.string(),
  }));
}

/** A device that a driver sees. */
export interface DriverDevice {
  readonly path: string;
  readonly name: string;
  readonly details: string;
}

/** Creates a driver and lists its devices, with their details on demand. */
export function listDriverDevices(
  driver: string,
  withDetails: boolean,
): DriverDevice[] {
  const name = encodeText(driver, "the name of the driver");
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_driver_devices(
      name,
      name.length,
      withDetails ? 1 : 0,
      buffer,
      capacity,
    )
  );
  return record.list(() => ({
    path: record.string(),
    name: record.string(),
    details: record.string(),
  }));
}
