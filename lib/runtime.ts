import {
  type LibraryVersion,
  readStatistics,
  readVersion,
  type Statistics,
} from "../ffi/instance.ts";
import { libraryPath } from "../ffi/library.ts";

export type { LibraryVersion, Statistics };

/** What can be told of the runtime as a whole. */
export interface Runtime {
  /** Counts of native allocations in the process; zero before the first use. */
  readonly statistics: Statistics;
  /** Path of the library that is open, if any. */
  readonly libraryPath: string | undefined;
  /**
   * Reads the versions of the library; opens it.
   *
   * @param library Path of the library; found by itself when left out.
   */
  version(library?: string | URL): LibraryVersion;
}

/**
 * The runtime as a whole.
 *
 * @example Nothing is left when everything was disposed
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { Instance, runtime } from "@iree/runtime";
 *
 * const before = runtime.statistics.liveBytes;
 * {
 *   using _instance = Instance.open();
 *   assert(runtime.statistics.liveBytes > before);
 * }
 * assertEquals(runtime.statistics.liveBytes, before);
 * ```
 */
export const runtime: Runtime = {
  get statistics(): Statistics {
    return readStatistics();
  },
  get libraryPath(): string | undefined {
    return libraryPath();
  },
  version: readVersion,
};
