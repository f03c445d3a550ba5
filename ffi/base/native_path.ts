import { resolve } from "@std/path/resolve";
import { IreeError } from "./error.ts";

declare const checked: unique symbol;

/**
 * An absolute path whose permission was requested. Native code accepts no other
 * paths, since Deno does not see which files it opens.
 */
export type NativePath = string & { readonly [checked]: true };

/**
 * Placeholders that the loaders of glibc and others expand in library paths.
 */
const EXPANSION = /\$\{?(?:ORIGIN|LIB|PLATFORM)/;

/**
 * Resolves a path as Deno does for a permission check: against the current
 * working directory, with `..` resolved in the text.
 *
 * @param path The path.
 * @returns The absolute path; throws INVALID_ARGUMENT for an empty one.
 */
export function toAbsolutePath(path: string): string {
  if (path !== "") return resolve(path);
  throw new IreeError("INVALID_ARGUMENT", "path must not be empty");
}

/**
 * Resolves the path of a library for the system's loader.
 *
 * @param path The path; a name without a slash is a file in the working
 * directory, not one that the loader searches for.
 * @returns The absolute path; throws INVALID_ARGUMENT if the loader would open
 * another one.
 */
export function toLibraryPath(path: string): string {
  const found = EXPANSION.exec(path)?.[0];
  if (found === undefined) return toAbsolutePath(path);
  throw new IreeError(
    "INVALID_ARGUMENT",
    `library path must not contain '${found}', got '${path}'`,
    {
      hint: "the system's loader replaces it, so that another file would be " +
        "loaded than permitted; write the folder out",
    },
  );
}
