/**
 * The per-user cache: where `iree setup` installs libraries and where
 * standalone binaries put theirs.
 *
 * @module
 */

import { isAbsolute } from "@std/path/is-absolute";
import { join } from "@std/path/join";
import { IreeError } from "../base/error.ts";
import { PACKAGE_VERSION } from "./package.ts";

/** Variables that tell where a user's caches are, the first one that is set. */
const VARIABLES: Readonly<
  Partial<Record<typeof Deno.build.os, readonly Variable[]>>
> = {
  windows: [{ name: "LOCALAPPDATA", folder: "" }],
  darwin: [{ name: "HOME", folder: "Library/Caches" }],
};

const OTHER_VARIABLES: readonly Variable[] = [
  { name: "XDG_CACHE_HOME", folder: "" },
  { name: "HOME", folder: ".cache" },
];

interface Variable {
  readonly name: string;
  /** The caches' folder in the one that the variable names. */
  readonly folder: string;
}

/**
 * Names of the variables that tell where the cache is.
 *
 * @param os The system.
 */
export function cacheVariables(
  os: typeof Deno.build.os = Deno.build.os,
): string[] {
  return (VARIABLES[os] ?? OTHER_VARIABLES).map(({ name }) => name);
}

/** The cache, or why it is not known. */
export type CacheFolder =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

/**
 * Finds the folder of the cache; nobody is asked for a permission.
 *
 * @param os The system.
 */
export function findCacheFolder(
  os: typeof Deno.build.os = Deno.build.os,
): CacheFolder {
  const names = cacheVariables(os);
  if (!names.every(mayReadVariable)) {
    return { reason: `not looked at without --allow-env=${names.join(",")}` };
  }
  for (const { name, folder } of VARIABLES[os] ?? OTHER_VARIABLES) {
    const value = Deno.env.get(name);
    if (value && isAbsolute(value)) {
      return { path: join(value, folder, "iree-deno") };
    }
  }
  return { reason: `${names.join(" and ")} name no folder` };
}

/**
 * Finds the folder of the cache for somebody who has to have it: asks for the
 * permission where there is somebody to ask.
 */
export function demandCacheFolder(): string {
  for (const variable of cacheVariables()) {
    Deno.permissions.requestSync({ name: "env", variable });
  }
  const { path, reason } = findCacheFolder();
  if (path !== undefined) return path;
  throw new IreeError("FAILED_PRECONDITION", `the cache: ${reason}`);
}

/**
 * The folder that the library of this version of the package is installed in.
 *
 * @param cache The cache.
 */
export function installationFolder(cache: string): string {
  return join(cache, "library", `${PACKAGE_VERSION}-${Deno.build.target}`);
}

function mayReadVariable(variable: string): boolean {
  const descriptor = { name: "env", variable } as const;
  return Deno.permissions.querySync(descriptor).state === "granted";
}
