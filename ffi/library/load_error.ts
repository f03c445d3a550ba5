/**
 * Why the shared library cannot be loaded, and how to fix it: an old glibc, a
 * missing installation, or another version.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { installationHint } from "./find_library.ts";

/** What a library and the package must agree on. */
export interface LibraryVersion {
  /** Version of the package. */
  readonly version: string;
  /** Version of the binary interface. */
  readonly abi: number;
}

/**
 * Creates the error for a library that the system's loader rejects.
 *
 * @param path The library.
 * @param cause What Deno threw.
 */
export function cannotOpen(path: string, cause: unknown): IreeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IreeError(
    "NOT_FOUND",
    `cannot open the IREE runtime library '${path}': ${reason}`,
    { hint: glibcHint(reason) ?? installationHint(), cause },
  );
}

// A library requires at least the glibc version that it was built with.
function glibcHint(reason: string): string | undefined {
  const version = /version [`']GLIBC_([\d.]+)' not found/.exec(reason)?.[1];
  return version === undefined
    ? undefined
    : `this system's glibc is older than the library requires (${version}); use ` +
      "a newer system, or build the library on this one with `./dev setup` in " +
      "a checkout";
}

/**
 * Creates the error for a library of another version.
 *
 * @param path The library.
 * @param found Its versions.
 * @param wanted Those of the package.
 */
export function wrongVersion(
  path: string,
  found: LibraryVersion,
  wanted: LibraryVersion,
): IreeError {
  return new IreeError(
    "FAILED_PRECONDITION",
    `the IREE runtime library '${path}' has version ${found.version} and ` +
      `binary interface ${found.abi}; this package has version ` +
      `${wanted.version} and needs binary interface ${wanted.abi}`,
    { hint: installationHint() },
  );
}
