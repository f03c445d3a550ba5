import {
  type LibraryVersion,
  readStatistics,
  readVersion,
  type RuntimeStatistics,
} from "../../ffi/instance.ts";
import {
  demandCacheFolder,
  installationFolder,
} from "../../ffi/library/cache.ts";
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
} from "../../ffi/library/search.ts";
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

/** What can be told of the runtime as a whole. */
export interface Runtime {
  /** Counts of native allocations in the process; zero before the first use. */
  readonly statistics: RuntimeStatistics;
  /** Path of the library that is open, if any. */
  readonly libraryPath: string | undefined;
  /** Version of this package, which its library has to have as well. */
  readonly packageVersion: string;
  /** What `deno run` takes for the command line: a specifier, or a path. */
  readonly cli: string;
  /**
   * Folder of the checkout that this package is run from; `undefined` for an
   * installed package. The script `dev` there runs Deno and the compiler.
   */
  readonly checkout: string | undefined;
  /**
   * What a project imports this package by: `imports` of its `deno.json`. From
   * a checkout, these are the packages that the checkout imports as well.
   */
  readonly imports: Readonly<Record<string, string>>;
  /**
   * What is particular to this platform; `undefined` where there are no
   * libraries for it.
   */
  readonly platform: Platform | undefined;
  /**
   * Folder that `iree setup` installs the library in, with all that is compiled
   * against it. Asks for the permission to read the variables that tell where
   * the user's cache is.
   */
  installationFolder(): string;
  /**
   * Looks for the library as opening it does, up to the first place that has
   * it: the path that is given, the environment variable
   * `IREE_RUNTIME_LIBRARY`, a standalone binary, the cache of the user. Places
   * that the permissions do not cover are left out and say so.
   *
   * @param library Path of the library, when it is known.
   * @returns The places; only the last one can have a library.
   */
  findLibrary(library?: string | URL): LibraryPlace[];
  /**
   * Reads the versions of the library; opens it.
   *
   * @param library Path of the library; looked for when left out.
   */
  version(library?: string | URL): LibraryVersion;
  /**
   * Records where objects are made from now on, for
   * {@linkcode Runtime.liveObjects}. With `IREE_TRACE_OBJECTS=1` in the
   * environment, and the permission to read it, the record begins with the
   * process, which prints what is not disposed when it ends.
   */
  traceObjects(): void;
  /**
   * The objects of this thread that were made since `traceObjects` and were not
   * disposed, and where they were made. Throws FAILED_PRECONDITION where nothing
   * is recorded.
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
