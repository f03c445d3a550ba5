import type { Handle } from "../../ffi/ownership/handle.ts";
import { copyArray } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { handleOf } from "../base/native_object.ts";
import { type Device, isDevice } from "./device.ts";

/**
 * Copies a list of devices, which may be an array that never ends.
 *
 * @param devices The devices.
 * @returns The copy.
 */
export function copyDevices(devices: readonly Device[]): Device[] {
  return copyArray("devices", devices, (device) => {
    if (!isDevice(device)) throw noGroup(describeValue(device));
  });
}

/**
 * Checks that devices are one whole group in creation order.
 *
 * @param devices The devices.
 * @returns The handle of their group.
 */
export function groupOf(devices: readonly Device[]): Handle {
  const all = copyDevices(devices);
  const [first] = all;
  if (first === undefined) throw noGroup("none");
  const group = handleOf(first);
  for (const [index, device] of all.entries()) {
    if (handleOf(device) !== group) {
      throw noGroup(`'${device.uri}' of another group at index ${index}`);
    }
    if (device.ordinal !== index) {
      throw noGroup(`the group's device ${device.ordinal} at index ${index}`);
    }
  }
  if (all.length !== first.groupSize) {
    throw noGroup(`${all.length} of its ${first.groupSize} devices`);
  }
  return group;
}

function noGroup(actual: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `devices must be one whole group in creation order, got ${actual}`,
    { hint: "create them together with Device.createGroup" },
  );
}
