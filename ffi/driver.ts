/**
 * Drivers and their devices.
 *
 * @module
 */

import { encodeText } from "./base/text.ts";
import { lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { readRecord } from "./library/status.ts";

/** A driver in the library. */
export interface DriverInfo {
  /** Name, the start of its device URIs. */
  readonly name: string;
  /** Descriptive name. */
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

/** A device that a driver found. */
export interface DriverDevice {
  readonly path: string;
  readonly name: string;
  readonly details: string;
}

/** Creates a driver and lists its devices, optionally with details. */
export function listDriverDevices(
  driver: string,
  withDetails: boolean,
): DriverDevice[] {
  const name = encodeText(driver, "the name of the driver");
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_driver_devices(
      name,
      lengthOf(name),
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
