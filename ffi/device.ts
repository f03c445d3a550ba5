/**
 * Devices, created by their URIs, and what they tell of themselves.
 *
 * @module
 */

import { packStrings, toSafeNumber } from "./base/record.ts";
import { encodeText } from "./base/text.ts";
import { native } from "./library/library.ts";
import { check, readRecord, readString } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { packTaskOptions, type TaskOptions } from "./task.ts";

/**
 * Creates devices as one group whose members can wait on each other.
 *
 * @param instance The instance.
 * @param uris URIs of the devices.
 * @param allocators What the allocator of each device is wrapped in.
 * @param task How workers of local-task devices are spread; left out, as IREE
 * spreads them.
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
      uriRecord.length,
      allocatorRecord,
      allocatorRecord.length,
      taskRecord,
      taskRecord.length,
    ),
    instance,
  );
}

function packTexts(
  texts: readonly string[],
  what: string,
): Uint8Array<ArrayBuffer> {
  return packStrings(texts.length, texts.map((text) => encodeText(text, what)));
}

/** Reads the id that its driver gave to a device of a group. */
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

/** Asks the driver for a fact about a device. */
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
      categoryBytes.length,
      keyBytes,
      keyBytes.length,
      value,
    ),
  );
  return value[0]!;
}

/** Gives memory back to the system that a device keeps for later. */
export function trimDevice(group: Handle, ordinal: number): void {
  check(
    native.iree_ffi_device_trim(group.pointer(Kind.deviceGroup), ordinal),
  );
}

/** Beyond what native code takes for a time: no limit. */
const NO_LIMIT = 0xffffffffffffffffn;

/**
 * Blocks until everything that was submitted to a device is done.
 *
 * @param milliseconds How long at most; `Infinity` for as long as it takes.
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
        ? BigInt(nanoseconds)
        : NO_LIMIT,
    ),
  );
}

/** Bytes at the peak, allocated and freed: of the host, then of the device. */
type AllocatorCounts = [
  ...[hostPeak: number, hostAllocated: number, hostFreed: number],
  ...[devicePeak: number, deviceAllocated: number, deviceFreed: number],
];

/** Reads six counts of a device's allocator; see `iree_ffi.h`. */
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

/** Formats the counts of a device's allocator as IREE prints them. */
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

/** A kind of memory that the allocator of a device serves. */
export interface MemoryHeap {
  /** What it is, in IREE's words: `DEVICE_LOCAL`, `HOST_VISIBLE` and so on. */
  readonly type: readonly string[];
  /** What buffers in it may be used for, in IREE's words. */
  readonly allowedUsage: readonly string[];
  /** Bytes of the largest allocation; `undefined` when nothing limits it. */
  readonly maxAllocationSize: number | undefined;
  /** Bytes that allocations are aligned to at least. */
  readonly minAlignment: number;
}

/** Reads what kinds of memory the allocator of a device serves. */
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
