import {
  beginDeviceProfile,
  type DeviceProfileRecord,
  endDeviceProfile,
  readDeviceProfile,
} from "../../ffi/device_profile.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import type { Device } from "../hal/device.ts";
import { groupOf } from "../hal/device_group.ts";

/** What a row of a device profile is about. */
export type DeviceProfileKind =
  | "dispatches of a function"
  | "dispatches of a command buffer"
  | "dispatches of a command"
  | "operations of a queue"
  | "submissions to a queue"
  | "executions of a function"
  | "executions of a command buffer"
  | "executions of a command"
  | "executions of a queue"
  | "memory events";

/** In the order of IREE's `statistics_sink.h`, from 1. */
const KINDS: readonly DeviceProfileKind[] = [
  "dispatches of a function",
  "dispatches of a command buffer",
  "dispatches of a command",
  "operations of a queue",
  "submissions to a queue",
  "executions of a function",
  "executions of a command buffer",
  "executions of a command",
  "executions of a queue",
  "memory events",
];

/** A row of a device profile. */
export interface DeviceProfileRow {
  /** What the row is about. */
  readonly kind: DeviceProfileKind;
  /** Ordinal of the physical device. */
  readonly device: number;
  /** Ordinal of the queue, if known. */
  readonly queue: number | undefined;
  /** IREE's number of the kind of queue operation or memory event; 0 for none. */
  readonly eventType: number;
  /** Number of the executable in this profile, if any. */
  readonly executable: number | undefined;
  /** Ordinal of the executable's function, if any. */
  readonly functionOrdinal: number | undefined;
  /** Name of the executable's function, if known. */
  readonly functionName: string | undefined;
  /** Number of the command buffer in this profile, if any. */
  readonly commandBuffer: number | undefined;
  /** Ordinal of the command in its command buffer, if any. */
  readonly command: number | undefined;
  /** How many samples the row sums up. */
  readonly samples: number;
  /** How many of them have no valid time. */
  readonly invalidSamples: number;
  /** How many operations were executed. */
  readonly operations: number;
  /** How many bytes they were about, such as those allocated. */
  readonly bytes: number;
  /** How many tiles workers executed. */
  readonly tiles: number;
  /** The time of all tiles, in nanoseconds. */
  readonly tileNanoseconds: number;
  /** The time of all samples, in nanoseconds; `undefined` if unknown. */
  readonly nanoseconds: number | undefined;
  /** The shortest sample, in nanoseconds. */
  readonly minNanoseconds: number | undefined;
  /** The longest sample, in nanoseconds. */
  readonly maxNanoseconds: number | undefined;
}

/** Statistics of what devices execute, as rows of data. */
export interface DeviceProfileRows {
  /** The rows. */
  readonly rows: readonly DeviceProfileRow[];
  /** How many records were lost, so that rows are incomplete. */
  readonly droppedRecords: number;
}

/**
 * Collects statistics of what devices execute: dispatches, queue operations,
 * memory that programs allocate.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device, Instance } from "@iree/runtime";
 * import { DeviceProfile } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * const devices = Device.createGroup(instance, ["local-sync"]);
 * using profile = DeviceProfile.begin(devices);
 * assertEquals(profile.end().droppedRecords, 0);
 * for (const device of devices) device.dispose();
 * ```
 */
export class DeviceProfile extends NativeObject {
  /**
   * Begins to collect.
   *
   * @param devices All devices of a group, such as `program.devices`.
   * @returns The profile; throws UNIMPLEMENTED if a device cannot record.
   */
  static begin(devices: readonly Device[]): DeviceProfile {
    return new DeviceProfile(beginDeviceProfile(groupOf(devices)));
  }

  /** Ends the profile, and returns its rows. */
  end(): DeviceProfileRows {
    const handle = handleOf(this);
    endDeviceProfile(handle);
    const { droppedRecords, records } = readDeviceProfile(handle);
    return { droppedRecords, rows: records.map(toRow) };
  }
}

/** Absent ordinals. */
const NONE = 0xffffffff;

function toRow(record: DeviceProfileRecord): DeviceProfileRow {
  const { rowType, functionName, ...numbers } = record;
  return {
    ...numbers,
    kind: KINDS[rowType - 1]!,
    queue: ordinal(record.queue),
    executable: record.executable || undefined,
    functionOrdinal: ordinal(record.functionOrdinal),
    functionName: functionName || undefined,
    commandBuffer: record.commandBuffer || undefined,
    command: ordinal(record.command),
  };
}

function ordinal(value: number): number | undefined {
  return value === NONE ? undefined : value;
}
