/**
 * Statistics of what devices execute.
 *
 * @module
 */

import type { RecordReader } from "./base/record.ts";
import { native } from "./library/library.ts";
import { check, readRecord } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** A row, as `iree_ffi_device_profile_rows` writes it. */
export interface DeviceProfileRecord {
  readonly rowType: number;
  readonly device: number;
  readonly queue: number;
  readonly eventType: number;
  readonly executable: number;
  readonly commandBuffer: number;
  readonly functionOrdinal: number;
  readonly command: number;
  readonly samples: number;
  readonly invalidSamples: number;
  readonly operations: number;
  readonly bytes: number;
  readonly tiles: number;
  readonly tileNanoseconds: number;
  readonly nanoseconds: number | undefined;
  readonly minNanoseconds: number | undefined;
  readonly maxNanoseconds: number | undefined;
  readonly functionName: string;
}

/** Starts collecting statistics of all devices of a group. */
export function beginDeviceProfile(devices: Handle): Handle {
  const profile = own(
    Kind.deviceProfile,
    native.iree_ffi_device_profile_begin(devices.pointer(Kind.deviceGroup)),
    devices.instance,
  );
  profile.hold([devices]);
  return profile;
}

/** Stops collecting statistics. */
export function endDeviceProfile(profile: Handle): void {
  check(
    native.iree_ffi_device_profile_end(profile.pointer(Kind.deviceProfile)),
  );
}

/** Reads the rows, and how many records were lost. */
export function readDeviceProfile(
  profile: Handle,
): { droppedRecords: number; records: DeviceProfileRecord[] } {
  const reader = readRecord((buffer, capacity) =>
    native.iree_ffi_device_profile_rows(
      profile.pointer(Kind.deviceProfile),
      buffer,
      capacity,
    )
  );
  const droppedRecords = reader.u64();
  const records = reader.list(() => readRow(reader));
  return { droppedRecords, records };
}

// In the order of the record.
function readRow(reader: RecordReader): DeviceProfileRecord {
  return {
    rowType: reader.u32(),
    device: reader.u32(),
    queue: reader.u32(),
    eventType: reader.u32(),
    executable: reader.u64(),
    commandBuffer: reader.u64(),
    functionOrdinal: reader.u32(),
    command: reader.u32(),
    samples: reader.u64(),
    invalidSamples: reader.u64(),
    operations: reader.u64(),
    bytes: reader.u64(),
    tiles: reader.u64(),
    tileNanoseconds: reader.u64(),
    nanoseconds: reader.u64OrUnlimited(),
    minNanoseconds: reader.u64OrUnlimited(),
    maxNanoseconds: reader.u64OrUnlimited(),
    functionName: reader.string(),
  };
}
