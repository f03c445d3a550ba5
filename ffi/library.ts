/**
 * Where the shared library is found, and the one `Deno.dlopen` of it.
 *
 * @module
 */

import { IreeError } from "./error.ts";
import { PACKAGE_VERSION } from "./package.ts";
import { findLibrary, installationHint, pathOfLibrary } from "./search.ts";
import { symbols } from "./symbols.ts";
import { readBytes, RecordReader } from "./text.ts";

/** `IREE_FFI_ABI_VERSION` of the header that `symbols.ts` was written for. */
const ABI_VERSION = 2;

/** The functions of the library. */
export type Native = Deno.DynamicLibrary<typeof symbols>["symbols"];

/** The library's functions; set by {@linkcode openLibrary}. */
export let native: Native;

let openedPath: string | undefined;

/**
 * Opens the library, once an isolate: a second call does nothing, unless it
 * names another library, which is refused.
 *
 * @param path Path of the library; looked for when left out, as `search.ts`
 * says.
 */
export function openLibrary(path?: string | URL): void {
  if (openedPath !== undefined && path === undefined) return;
  const wanted = pathOfLibrary(findLibrary(path));
  if (openedPath !== undefined) {
    if (wanted === openedPath) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `the runtime library is open already from '${openedPath}'; it cannot ` +
        `be '${wanted}' in the same isolate`,
    );
  }
  native = dlopen(wanted);
  openedPath = wanted;
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

function dlopen(path: string): Native {
  try {
    const library = Deno.dlopen(path, symbols);
    checkStamp(path, library.symbols);
    return library.symbols;
  } catch (error) {
    if (error instanceof IreeError) throw error;
    if (error instanceof Deno.errors.NotCapable) throw error;
    // A library of another version may lack a symbol of ours but tell its own.
    checkStampAlone(path);
    throw new IreeError(
      "NOT_FOUND",
      `cannot open the IREE runtime library '${path}': ${
        error instanceof Error ? error.message : String(error)
      }`,
      { hint: installationHint(), cause: error },
    );
  }
}

/** The functions by which a library tells what it is. */
type Stamp = Pick<Native, "iree_ffi_abi_version" | "iree_ffi_version">;

function checkStampAlone(path: string): void {
  const { iree_ffi_abi_version, iree_ffi_version } = symbols;
  let library;
  try {
    library = Deno.dlopen(path, { iree_ffi_abi_version, iree_ffi_version });
  } catch {
    // Not ours at all: the first failure tells more.
    return;
  }
  try {
    checkStamp(path, library.symbols);
  } finally {
    library.close();
  }
}

function checkStamp(path: string, stamp: Stamp): void {
  const version = new RecordReader(
    readBytes((buffer, capacity) => stamp.iree_ffi_version(buffer, capacity)),
  ).string();
  const abi = stamp.iree_ffi_abi_version();
  if (version === PACKAGE_VERSION && abi === ABI_VERSION) return;
  throw new IreeError(
    "FAILED_PRECONDITION",
    `the IREE runtime library '${path}' has version ${version} and binary ` +
      `interface ${abi}; this package has version ${PACKAGE_VERSION} and ` +
      `needs binary interface ${ABI_VERSION}`,
    { hint: installationHint() },
  );
}
