import { weakMap } from "../../ffi/base/intrinsics.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";

/** URIs of the devices in each group. */
const groupUris = weakMap<Handle, readonly string[]>();

/**
 * Remembers the URIs of a group's devices.
 *
 * @param group The group.
 * @param uris The URIs, in creation order.
 */
export function nameDevices(group: Handle, uris: readonly string[]): void {
  groupUris.set(group, uris);
}

/**
 * Names the devices whose memory an object may use.
 *
 * @param handle The object's handle.
 * @returns One URI or several; `undefined` without a device.
 */
export function deviceNamesOf(
  handle: Handle,
): string | readonly string[] | undefined {
  if (!handle.isShared) return undefined;
  const uris = [...handle.deviceLifetime.devices]
    .flatMap((group) => groupUris.get(group) ?? []);
  return uris.length > 1 ? uris : uris[0];
}
