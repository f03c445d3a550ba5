import { fromFileUrl } from "@std/path/from-file-url";
import {
  type NativePath,
  toAbsolutePath,
  toLibraryPath,
} from "../../ffi/base/native_path.ts";
import { isUrl, mustBe } from "./checks.ts";
import { IreeError } from "./error.ts";

// Native code opens files and libraries out of Deno's sight. So every path that
// goes down is made here: absolute first, since the working directory may change
// before it is opened; then its permission is requested, in Deno's own words.

/**
 * Makes the path of a file that native code reads.
 *
 * @param path The file.
 * @returns The path for native code; throws `NotCapable` where Deno would, and
 * INVALID_ARGUMENT when it is there and not a regular file.
 */
export function readablePath(path: string): NativePath {
  const absolute = toAbsolutePath(path);
  demand("read", absolute, path);
  checkRegularFile(absolute, path);
  // Deno resolves links to check for files of the system, such as /proc/*/mem.
  attempt(() => Deno.openSync(absolute, { read: true }).close());
  return absolute as NativePath;
}

/**
 * Makes the path of a file that native code writes.
 *
 * @param path The file.
 * @returns The path for native code; throws `NotCapable` where Deno would, and
 * INVALID_ARGUMENT when it is there and not a regular file, where that may be
 * known.
 */
export function writablePath(path: string): NativePath {
  const absolute = toAbsolutePath(path);
  demand("write", absolute, path);
  if (mayRead(absolute)) checkRegularFile(absolute, path);
  attempt(() => Deno.openSync(absolute, { write: true }).close());
  return absolute as NativePath;
}

/**
 * Makes the path of a library that native code loads, or of a folder of such.
 *
 * @param path The library.
 * @returns The path for native code; throws `NotCapable` where Deno would, and
 * INVALID_ARGUMENT where the system's loader would open another file.
 */
export function loadablePath(path: string): NativePath {
  const absolute = toLibraryPath(path);
  demand("ffi", absolute, path);
  return absolute as NativePath;
}

/**
 * Makes sure that the program may read and write what is in a folder.
 *
 * @param folder The folder.
 */
export function demandFolder(folder: string): void {
  const absolute = toAbsolutePath(folder);
  demand("read", absolute, folder);
  demand("write", absolute, folder);
}

/**
 * Rejects paths that exist but are not regular files: reading a pipe or a device
 * may never end. Opening reports missing files.
 *
 * @param path The file.
 * @param given The path as the user wrote it, for messages.
 */
export function checkRegularFile(path: string, given: string = path): void {
  const info = attempt(() => Deno.statSync(path));
  if (info === undefined || info.isFile) return;
  throw new IreeError("INVALID_ARGUMENT", `'${given}' is not a regular file`);
}

/**
 * Whether a file may be read, without asking the person at the terminal.
 *
 * @param path The file.
 */
export function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * Whether a path is a file that may be read. Without permission to read, only
 * the name can show what a path is.
 *
 * @param path The file.
 */
export function isReadableFile(path: string): boolean {
  if (!mayRead(path)) return false;
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Converts a path from a user to text.
 *
 * @param path Path or `file:` URL, as text too; a query or fragment, such as
 * `?v=1`, is ignored.
 */
export function toPath(path: string | URL): string {
  const isText = typeof path === "string";
  const url = isText ? parseFileUrl(path) : path;
  if (isText && url === undefined) return path;
  if (!isUrl(url)) throw mustBe("a path", "a string or a file: URL", path);
  if (url.protocol !== "file:") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `a path must be a string or a file: URL, got '${url}'`,
      { hint: "download it first, or pass its bytes" },
    );
  }
  try {
    return fromFileUrl(url);
  } catch (cause) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${url}' is not the URL of a path`,
      { cause },
    );
  }
}

/**
 * Reads the text of a `file:` URL, as `import.meta.resolve` returns it.
 *
 * @param text Any text.
 * @returns The URL; `undefined` if the text is not one.
 */
export function parseFileUrl(text: string): URL | undefined {
  return text.startsWith("file:///") ? new URL(text) : undefined;
}

/** Does something with a file; only a missing permission is a failure. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

function demand(
  name: "read" | "write" | "ffi",
  path: string,
  given: string,
): void {
  const descriptor = { name, path };
  let { state } = Deno.permissions.querySync(descriptor);
  if (state === "prompt") {
    state = Deno.permissions.requestSync(descriptor).state;
  }
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Requires ${name} access to "${given}", run again with the --allow-${name} ` +
      "flag",
  );
}
