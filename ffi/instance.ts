/**
 * The process's VM instance, and the library's version and statistics.
 *
 * @module
 */

import { RecordReader, toSafeNumber } from "./base/record.ts";
import { encodeText, readBytes } from "./base/text.ts";
import { lengthOf } from "./base/typed_array.ts";
import { countValues } from "./host/values.ts";
import { bindAll, native, openLibrary } from "./library/library.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/**
 * Opens the library if it is not open yet, and retains the instance.
 *
 * @param library Path of the library; searched for if omitted.
 * @param all Whether to bind all functions of the library now.
 * @returns The instance.
 */
export function acquireInstance(library?: string | URL, all = false): Handle {
  openLibrary(library);
  if (all) bindAll();
  return own(Kind.instance, native.iree_ffi_instance_acquire());
}

/**
 * Whether a type with that full name, such as `hal.buffer_view`, is registered.
 */
export function instanceHasType(instance: Handle, name: string): boolean {
  const bytes = encodeText(name, "the name of the type");
  return native.iree_ffi_instance_has_type(
    instance.pointer(Kind.instance),
    bytes,
    lengthOf(bytes),
  ) !== 0;
}

/** Counts of native allocations in the process, and of values in use. */
export interface RuntimeStatistics {
  /** Bytes allocated and not freed. */
  readonly liveBytes: number;
  /** Allocations not freed. */
  readonly liveAllocations: number;
  /**
   * Maximum number of live bytes; with several allocating threads, to within 64
   * KiB per thread.
   */
  readonly peakBytes: number;
  /** Total number of allocations. */
  readonly totalAllocations: number;
  /**
   * JavaScript values of this thread that objects of a `hostType` hold. A value
   * is released when the last reference to its object is.
   */
  readonly hostValues: number;
}

/** Reads the counts; all zero before the library is opened. */
export function readStatistics(): RuntimeStatistics {
  // First, since it frees the records of released values.
  const hostValues = countValues();
  const counts = new BigUint64Array(4);
  native?.iree_ffi_statistics(counts);
  const [
    liveBytes = 0,
    liveAllocations = 0,
    peakBytes = 0,
    totalAllocations = 0,
  ] = Array.from(counts, toSafeNumber);
  return {
    liveBytes,
    liveAllocations,
    peakBytes,
    totalAllocations,
    hostValues,
  };
}

/**
 * Makes an allocation fail, for tests. The library must be open.
 *
 * @param countdown Counts down to the failing allocation; 0 disables.
 */
export function failAllocation(countdown: number): void {
  native.iree_ffi_fail_allocation(countdown);
}

/** Versions of the open library. */
export interface LibraryVersion {
  /** Version of the native layer and of the package it was built for. */
  readonly library: string;
  /** Version of its IREE runtime. */
  readonly iree: string;
}

/** Reads the versions; opens the library. */
export function readVersion(library?: string | URL): LibraryVersion {
  openLibrary(library);
  const record = new RecordReader(
    readBytes((buffer, capacity) => native.iree_ffi_version(buffer, capacity)),
  );
  return { library: record.string(), iree: record.string() };
}
