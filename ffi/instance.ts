/**
 * The process's VM instance and what the library tells of itself.
 *
 * @module
 */

import { RecordReader, toSafeNumber } from "./base/record.ts";
import { encodeText, readBytes } from "./base/text.ts";
import { bindAll, native, openLibrary } from "./library/library.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/**
 * Opens the library when that has not happened and retains the instance.
 *
 * @param library Path of the library; found by itself when left out.
 * @param all Whether all functions of the library are bound now.
 * @returns The instance.
 */
export function acquireInstance(library?: string | URL, all = false): Handle {
  openLibrary(library);
  if (all) bindAll();
  return own(Kind.instance, native.iree_ffi_instance_acquire());
}

/** Whether a type of that full name, such as `hal.buffer_view`, is known. */
export function instanceHasType(instance: Handle, name: string): boolean {
  const bytes = encodeText(name, "the name of the type");
  return native.iree_ffi_instance_has_type(
    instance.pointer(Kind.instance),
    bytes,
    bytes.length,
  ) !== 0;
}

/** Counts of what native code allocated, in the whole process. */
export interface RuntimeStatistics {
  /** Bytes allocated and not freed. */
  readonly liveBytes: number;
  /** Allocations not freed. */
  readonly liveAllocations: number;
  /**
   * The most bytes that were live at one time; where several threads allocate,
   * to within 64 KiB a thread.
   */
  readonly peakBytes: number;
  /** Allocations made so far. */
  readonly totalAllocations: number;
}

/** Reads the counts; all zero before the library was opened. */
export function readStatistics(): RuntimeStatistics {
  const counts = new BigUint64Array(4);
  native?.iree_ffi_statistics(counts);
  const [
    liveBytes = 0,
    liveAllocations = 0,
    peakBytes = 0,
    totalAllocations = 0,
  ] = Array.from(counts, toSafeNumber);
  return { liveBytes, liveAllocations, peakBytes, totalAllocations };
}

/**
 * Makes an allocation fail; for tests. The library must be open.
 *
 * @param countdown Which one, counted from now on; 0 makes none fail.
 */
export function failAllocation(countdown: number): void {
  native.iree_ffi_fail_allocation(countdown);
}

/** Versions of the library that is open. */
export interface LibraryVersion {
  /** Version of the native layer, that of the package it was built for. */
  readonly library: string;
  /** Version of the IREE runtime in it. */
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
