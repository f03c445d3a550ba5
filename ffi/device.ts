/**
 * Devices, created by their URIs.
 *
 * @module
 */

import { Handle, Kind } from "./handle.ts";
import { native } from "./library.ts";
import { checkLength, created } from "./status.ts";
import { encodeText, packStrings, readText } from "./text.ts";

/** Creates devices as one group whose members can wait on each other. */
export function createDeviceGroup(
  instance: Handle,
  uris: readonly string[],
): Handle {
  const record = packStrings(
    uris.length,
    uris.map((uri) => encodeText(uri, "the URI of a device")),
  );
  return new Handle(
    Kind.deviceGroup,
    created(native.iree_ffi_device_group_create(record, record.length)),
    instance,
  );
}

/** Reads the id that its driver gave to a device of a group. */
export function deviceId(group: Handle, ordinal: number): string {
  return readText((buffer, capacity) =>
    checkLength(
      native.iree_ffi_device_id(
        group.pointer(Kind.deviceGroup),
        ordinal,
        buffer,
        capacity,
      ),
    )
  );
}
