import { fromFileUrl } from "@std/path/from-file-url";
import {
  type NativePath,
  toAbsolutePath,
  toLibraryPath,
} from "../../ffi/base/native_path.ts";
import { isUrl, mustBe } from "./checks.ts";
import { IreeError } from "./error.ts";

// Deno does not see which files and libraries native code opens. So every path
// for native code is created here. It becomes absolute first, since the working
// directory may change before it is opened. Then its permission is requested,
// with Deno's own messages.

/**
 * Creates the path of a file for native code to read.
 *
 * @param path The file.
 * @returns The path for native code; throws `NotCapable` like Deno, and
 * INVALID_ARGUMENT if it exists and is not a regular file.
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
 * Creates the path of a file for native code to write.
 *
 * @param path The file.
 * @returns The path for native code; throws `NotCapable` like Deno, and
 * INVALID_ARGUMENT if it exists and is not a regular file, as far as read
 * permission allows the check.
 */
export function writablePath(path: string): NativePath {
  const absolute = toAbsolutePath(path);
  demand("write", absolute, path);
  if (mayRead(absolute)) checkRegularFile(absolute, path);
  attempt(() => Deno.openSync(absolute, { write: true }).close());
  return absolute as NativePath;
}

/**
 * Creates the path of a library, or of a folder of libraries, for native code to
 * load.
 *
 * @param path The library.
 * @returns The path for native code; throws `NotCapable` like Deno, and
 * INVALID_ARGUMENT if the system's loader would open another file.
 */
export function loadablePath(path: string): NativePath {
  const absolute = toLibraryPath(path);
  demand("ffi", absolute, path);
  return absolute as NativePath;
}

/**
 * Requests permission to read and write in a folder.
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
 * Whether a file may be read, without prompting.
 *
 * @param path The file.
 */
export function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * Whether a path is a readable file. Callers without read permission must judge
 * a path by its name.
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

/** Accesses a file; only a missing permission is a failure. */
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
