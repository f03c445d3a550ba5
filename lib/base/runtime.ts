import {
  type LibraryVersion,
  readStatistics,
  readVersion,
  type RuntimeStatistics,
} from "../../ffi/instance.ts";
import {
  demandCacheFolder,
  installationFolder,
} from "../../ffi/library/cache_folder.ts";
import { libraryPath } from "../../ffi/library/library.ts";
import {
  CHECKOUT,
  CLI,
  IMPORTS,
  PACKAGE_VERSION,
} from "../../ffi/library/package.ts";
import { findPlatform, type Platform } from "../../ffi/library/platform.ts";
import {
  findLibrary,
  type LibraryPlace,
  type LibrarySource,
} from "../../ffi/library/find_library.ts";
import { IreeError } from "./error.ts";
import { type LiveObject, startTrace, trace } from "./object_trace.ts";

export type {
  LibraryPlace,
  LibrarySource,
  LibraryVersion,
  LiveObject,
  Platform,
  RuntimeStatistics,
};

/** The runtime as a whole. */
export interface Runtime {
  /** Counts of native allocations in the process; zero before the first use. */
  readonly statistics: RuntimeStatistics;
  /** Path of the open library, if any. */
  readonly libraryPath: string | undefined;
  /** Version of this package, which must equal its library's. */
  readonly packageVersion: string;
  /** The command line's specifier or path, for `deno run`. */
  readonly cli: string;
  /**
   * Folder of the checkout that this package runs from; `undefined` for an
   * installed package. Its script `dev` runs Deno and the compiler.
   */
  readonly checkout: string | undefined;
  /**
   * The `imports` for the `deno.json` of a project that uses this package. In a
   * checkout, they include the packages that the checkout imports.
   */
  readonly imports: Readonly<Record<string, string>>;
  /**
   * Facts about this platform; `undefined` if it is not supported.
   */
  readonly platform: Platform | undefined;
  /**
   * Returns the folder where `iree setup` installs the library and the SDK. Needs
   * permission to read the variables that locate the user's cache.
   */
  installationFolder(): string;
  /**
   * Searches for the library like opening it, up to the first place that has it:
   * the given path, the environment variable `IREE_RUNTIME_LIBRARY`, a
   * standalone binary, the user's cache. Places that the permissions do not
   * cover are skipped and marked.
   *
   * @param library Path of the library, if known.
   * @returns The places; only the last one can have a library.
   */
  findLibrary(library?: string | URL): LibraryPlace[];
  /**
   * Opens the library and reads its versions.
   *
   * @param library Path of the library; searched for if omitted.
   */
  version(library?: string | URL): LibraryVersion;
  /**
   * Starts recording where objects are created, for
   * {@linkcode Runtime.liveObjects}. With `IREE_TRACE_OBJECTS=1` in the
   * environment, and permission to read it, recording starts with the process,
   * which prints the undisposed objects when it ends.
   */
  traceObjects(): void;
  /**
   * Returns the undisposed objects that this thread created since
   * `traceObjects`, and where. Throws FAILED_PRECONDITION if recording was not
   * started.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Instance, List, runtime } from "@iree/runtime";
   *
   * runtime.traceObjects();
   * using instance = Instance.open();
   * const list = List.from(instance, [1, 2]);
   * const types = () => runtime.liveObjects().map(({ type }) => type);
   * assertEquals(types(), ["Instance", "List"]);
   * list.dispose();
   * assertEquals(types(), ["Instance"]);
   * ```
   */
  liveObjects(): LiveObject[];
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
  get statistics(): RuntimeStatistics {
    return readStatistics();
  },
  get libraryPath(): string | undefined {
    return libraryPath();
  },
  packageVersion: PACKAGE_VERSION,
  cli: CLI,
  checkout: CHECKOUT,
  imports: IMPORTS,
  platform: findPlatform(),
  installationFolder: () => installationFolder(demandCacheFolder()),
  findLibrary,
  version: readVersion,
  traceObjects: () => void startTrace(),
  liveObjects: () => {
    if (trace !== undefined) return trace.objects;
    throw new IreeError(
      "FAILED_PRECONDITION",
      "it is not recorded where objects are made",
      {
        hint: "call runtime.traceObjects() first, or set IREE_TRACE_OBJECTS=1",
      },
    );
  },
};
