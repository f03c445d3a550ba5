/**
 * Creating devices from URIs, and querying them.
 *
 * @module
 */

import { arrayOf, toBigint } from "./base/intrinsics.ts";
import { packStrings, toSafeNumber } from "./base/record.ts";
import { encodeText } from "./base/text.ts";
import { lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, readRecord, readString } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { packTaskOptions, type TaskOptions } from "./task_topology.ts";

/**
 * Creates devices as one group whose members can wait for each other.
 *
 * @param instance The instance.
 * @param uris Device URIs.
 * @param allocators Allocators to wrap each device's allocator in.
 * @param task Worker options of local-task devices; IREE's defaults if omitted.
 */
export function createDeviceGroup(
  instance: Handle,
  uris: readonly string[],
  allocators: readonly string[],
  task?: TaskOptions,
): Handle {
  const uriRecord = packTexts(uris, "the URI of a device");
  const allocatorRecord = packTexts(allocators, "an allocator");
  const taskRecord = task === undefined
    ? new Uint8Array()
    : packTaskOptions(task);
  return own(
    Kind.deviceGroup,
    native.iree_ffi_device_group_create(
      uriRecord,
      lengthOf(uriRecord),
      allocatorRecord,
      lengthOf(allocatorRecord),
      taskRecord,
      lengthOf(taskRecord),
    ),
    instance,
  );
}

function packTexts(
  texts: readonly string[],
  what: string,
): Uint8Array<ArrayBuffer> {
  return packStrings(
    texts.length,
    arrayOf(texts.length, (index) => encodeText(texts[index]!, what)),
  );
}

/** Reads the id that the driver assigned to a device of a group. */
export function deviceId(group: Handle, ordinal: number): string {
  return readString((buffer, capacity) =>
    native.iree_ffi_device_id(
      group.pointer(Kind.deviceGroup),
      ordinal,
      buffer,
      capacity,
    )
  );
}

/** Queries a property of a device from its driver. */
export function queryDevice(
  group: Handle,
  ordinal: number,
  category: string,
  key: string,
): bigint {
  const categoryBytes = encodeText(category, "the category");
  const keyBytes = encodeText(key, "the key");
  const value = new BigInt64Array(1);
  check(
    native.iree_ffi_device_query_i64(
      group.pointer(Kind.deviceGroup),
      ordinal,
      categoryBytes,
      lengthOf(categoryBytes),
      keyBytes,
      lengthOf(keyBytes),
      value,
    ),
  );
  return value[0]!;
}

/** Returns unused memory that a device keeps for later to the system. */
export function trimDevice(group: Handle, ordinal: number): void {
  check(
    native.iree_ffi_device_trim(group.pointer(Kind.deviceGroup), ordinal),
  );
}

/** Larger than any native timeout: no limit. */
const NO_LIMIT = 0xffffffffffffffffn;

/**
 * Blocks until all work submitted to a device is done.
 *
 * @param milliseconds Timeout; `Infinity` for none.
 */
export function waitDeviceIdle(
  group: Handle,
  ordinal: number,
  milliseconds: number,
): void {
  const nanoseconds = Math.ceil(milliseconds * 1e6);
  check(
    native.iree_ffi_device_wait_idle(
      group.pointer(Kind.deviceGroup),
      ordinal,
      Number.isFinite(nanoseconds) && nanoseconds < Number(NO_LIMIT)
        ? toBigint(nanoseconds)
        : NO_LIMIT,
    ),
  );
}

/** Peak, allocated and freed bytes: of the host, then of the device. */
type AllocatorCounts = [
  ...[hostPeak: number, hostAllocated: number, hostFreed: number],
  ...[devicePeak: number, deviceAllocated: number, deviceFreed: number],
];

/** Reads six counters of a device's allocator; see `iree_ffi.h`. */
export function deviceStatistics(
  group: Handle,
  ordinal: number,
): AllocatorCounts {
  const counts = new BigUint64Array(6);
  check(
    native.iree_ffi_device_statistics(
      group.pointer(Kind.deviceGroup),
      ordinal,
      counts,
    ),
  );
  return Array.from(counts, toSafeNumber) as AllocatorCounts;
}

/** Formats the counters of a device's allocator as IREE does. */
export function formatDeviceStatistics(group: Handle, ordinal: number): string {
  return readString((buffer, capacity) =>
    native.iree_ffi_device_format_statistics(
      group.pointer(Kind.deviceGroup),
      ordinal,
      buffer,
      capacity,
    )
  );
}

/** A kind of memory that a device's allocator serves. */
export interface MemoryHeap {
  /**
   * IREE's names of its properties: `DEVICE_LOCAL`, `HOST_VISIBLE` and so on.
   */
  readonly type: readonly string[];
  /** IREE's names of the uses that its buffers allow. */
  readonly allowedUsage: readonly string[];
  /** Maximum size of an allocation in bytes; `undefined` if unlimited. */
  readonly maxAllocationSize: number | undefined;
  /** Minimum alignment of allocations in bytes. */
  readonly minAlignment: number;
}

/** Lists the kinds of memory that a device's allocator serves. */
export function deviceMemoryHeaps(
  group: Handle,
  ordinal: number,
): MemoryHeap[] {
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_device_memory_heaps(
      group.pointer(Kind.deviceGroup),
      ordinal,
      buffer,
      capacity,
    )
  );
  return record.list(() => ({
    type: record.string().split("|"),
    allowedUsage: record.list(() => record.string()),
    maxAllocationSize: record.u64OrUnlimited(),
    minAlignment: record.u64(),
  }));
}
