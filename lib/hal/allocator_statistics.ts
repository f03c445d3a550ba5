import { deviceStatistics } from "../../ffi/device.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";

/** An allocator's statistics since its creation, in bytes. */
export interface AllocatorStatistics {
  /** Maximum of live host memory. */
  readonly hostBytesPeak: number;
  /** Total host memory allocated. */
  readonly hostBytesAllocated: number;
  /** Total host memory freed. */
  readonly hostBytesFreed: number;
  /** Live host memory. */
  readonly hostBytesLive: number;
  /** Maximum of live device memory. */
  readonly deviceBytesPeak: number;
  /** Total device memory allocated. */
  readonly deviceBytesAllocated: number;
  /** Total device memory freed. */
  readonly deviceBytesFreed: number;
  /** Live device memory. */
  readonly deviceBytesLive: number;
}

/**
 * Reads the statistics of a device's allocator.
 *
 * @param group The group of the device.
 * @param ordinal Its ordinal.
 */
export function readStatistics(
  group: Handle,
  ordinal: number,
): AllocatorStatistics {
  const [
    hostBytesPeak,
    hostBytesAllocated,
    hostBytesFreed,
    deviceBytesPeak,
    deviceBytesAllocated,
    deviceBytesFreed,
  ] = deviceStatistics(group, ordinal);
  return {
    hostBytesPeak,
    hostBytesAllocated,
    hostBytesFreed,
    hostBytesLive: hostBytesAllocated - hostBytesFreed,
    deviceBytesPeak,
    deviceBytesAllocated,
    deviceBytesFreed,
    deviceBytesLive: deviceBytesAllocated - deviceBytesFreed,
  };
}
