/**
 * Where the shared library is found, and the one `Deno.dlopen` of it.
 *
 * @module
 */

import { fromFileUrl, normalize } from "@std/path";
import { IreeError } from "./error.ts";
import { symbols } from "./symbols.ts";

/** `IREE_FFI_ABI_VERSION` of the header that `symbols.ts` was written for. */
const ABI_VERSION = 1;

/** Environment variable with the path of the library. */
const LIBRARY_VARIABLE = "IREE_RUNTIME_LIBRARY";

const MISSING_HINT = `pass its path as the option \`library\`, or set ` +
  `${LIBRARY_VARIABLE} and allow reading it with ` +
  `--allow-env=${LIBRARY_VARIABLE}; a checkout builds it with ./dev setup`;

/** The functions of the library. */
export type Native = Deno.DynamicLibrary<typeof symbols>["symbols"];

/** The library's functions; set by {@linkcode openLibrary}. */
export let native: Native;

let openedPath: string | undefined;

/**
 * Opens the library, once an isolate: a second call does nothing, unless it
 * names another library, which is refused.
 *
 * @param path Path of the library; found by itself when left out.
 */
export function openLibrary(path?: string | URL): void {
  const wanted = path === undefined ? undefined : toLibraryPath(path);
  if (openedPath !== undefined) {
    if (wanted === undefined || wanted === openedPath) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `the runtime library is open already from '${openedPath}'; it cannot ` +
        `be '${wanted}' in the same isolate`,
    );
  }
  const found = wanted ?? toLibraryPath(findLibrary());
  native = dlopen(found);
  openedPath = found;
  // Native modules print through C's stdout, programs here through Deno's.
  native.iree_ffi_stdout_line_buffered();
}

/**
 * Path of the library that is open.
 *
 * @returns The path, or `undefined` before the first use of the runtime.
 */
export function libraryPath(): string | undefined {
  return openedPath;
}

function toLibraryPath(path: string | URL): string {
  return normalize(path instanceof URL ? fromFileUrl(path) : path);
}

function findLibrary(): string {
  const descriptor = { name: "env", variable: LIBRARY_VARIABLE } as const;
  let { state } = Deno.permissions.querySync(descriptor);
  if (state === "prompt") {
    state = Deno.permissions.requestSync(descriptor).state;
  }
  if (state !== "granted") {
    throw new IreeError(
      "NOT_FOUND",
      `no IREE runtime library: no path was given, and reading the ` +
        `environment variable ${LIBRARY_VARIABLE} is not allowed`,
      { hint: MISSING_HINT },
    );
  }
  const path = Deno.env.get(LIBRARY_VARIABLE);
  if (path) return path;
  throw new IreeError(
    "NOT_FOUND",
    `no IREE runtime library: no path was given, and the environment ` +
      `variable ${LIBRARY_VARIABLE} is not set`,
    { hint: MISSING_HINT },
  );
}

function dlopen(path: string): Native {
  try {
    const library = Deno.dlopen(path, symbols);
    checkAbiVersion(path, library.symbols.iree_ffi_abi_version());
    return library.symbols;
  } catch (error) {
    if (error instanceof IreeError) throw error;
    if (error instanceof Deno.errors.NotCapable) throw error;
    // A library of another version may lack a symbol of ours but tell its own.
    checkAbiVersion(path, abiVersionOf(path));
    throw new IreeError(
      "NOT_FOUND",
      `cannot open the IREE runtime library '${path}': ${
        error instanceof Error ? error.message : String(error)
      }`,
      { hint: MISSING_HINT, cause: error },
    );
  }
}

function abiVersionOf(path: string): number {
  const { iree_ffi_abi_version } = symbols;
  let library;
  try {
    library = Deno.dlopen(path, { iree_ffi_abi_version });
  } catch {
    // Not ours at all: the first failure tells more.
    return ABI_VERSION;
  }
  const version = library.symbols.iree_ffi_abi_version();
  library.close();
  return version;
}

function checkAbiVersion(path: string, version: number): void {
  if (version === ABI_VERSION) return;
  throw new IreeError(
    "FAILED_PRECONDITION",
    `the IREE runtime library '${path}' has binary interface ${version}; ` +
      `this package needs ${ABI_VERSION}`,
    { hint: "use the library that was built for this version of the package" },
  );
}
