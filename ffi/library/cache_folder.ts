/**
 * The per-user cache, where `iree setup` installs libraries and standalone
 * binaries extract theirs.
 *
 * @module
 */

import { isAbsolute } from "@std/path/is-absolute";
import { join } from "@std/path/join";
import { IreeError } from "../base/error.ts";
import { PACKAGE_VERSION } from "./package.ts";

/** Variables that locate a user's cache; the first one that is set counts. */
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
  /** The cache's folder inside the variable's folder. */
  readonly folder: string;
}

/**
 * Returns the names of the variables that locate the cache.
 *
 * @param os The operating system.
 */
export function cacheVariables(
  os: typeof Deno.build.os = Deno.build.os,
): string[] {
  return (VARIABLES[os] ?? OTHER_VARIABLES).map(({ name }) => name);
}

/** The cache folder, or why it is not known. */
export type CacheFolder =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

/**
 * Finds the cache folder without asking for a permission.
 *
 * @param os The operating system.
 */
export function findCacheFolder(
  os: typeof Deno.build.os = Deno.build.os,
): CacheFolder {
  const names = cacheVariables(os);
  if (!names.every(mayReadVariable)) {
    return { reason: `not searched without --allow-env=${names.join(",")}` };
  }
  for (const { name, folder } of VARIABLES[os] ?? OTHER_VARIABLES) {
    const value = Deno.env.get(name);
    if (value && isAbsolute(value)) {
      return { path: join(value, folder, "iree-deno") };
    }
  }
  const verb = names.length === 1 ? "does" : "do";
  return { reason: `${names.join(" and ")} ${verb} not name a folder` };
}

/**
 * Finds the cache folder or throws. Asks for the permission if it can prompt.
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
 * The installation folder of the library of this package version.
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
