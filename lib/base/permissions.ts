import { fromFileUrl } from "@std/path/from-file-url";
import { IreeError } from "./error.ts";

// Native code opens files and libraries out of Deno's sight, so every path is
// asked about here before it goes down, and refused in Deno's own words.

/**
 * Makes sure that the program may read a file.
 *
 * @param path The file.
 */
export function demandRead(path: string): void {
  demand({ name: "read", path }, `read access to "${path}"`, "--allow-read");
}

/**
 * Makes sure that the program may write a file, or what is in a folder.
 *
 * @param path The file or folder.
 */
export function demandWrite(path: string): void {
  demand({ name: "write", path }, `write access to "${path}"`, "--allow-write");
}

/**
 * Makes sure that the program may load a native library.
 *
 * @param path The library.
 */
export function demandFfi(path: string): void {
  demand({ name: "ffi", path }, `ffi access to "${path}"`, "--allow-ffi");
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
 * Whether there is a file that may be read. Where reading is not allowed, what
 * a name stands for is told from the name alone.
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
 * Turns what users may give as a path into text.
 *
 * @param path Path or `file:` URL; one with a query or a fragment is refused,
 * which no path has.
 */
export function toPath(path: string | URL): string {
  if (!(path instanceof URL)) return path;
  if (path.search !== "" || path.hash !== "") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${path}' is no path: it has a query or a fragment`,
    );
  }
  return fromFileUrl(path);
}

/**
 * Turns a path into what the system's loader takes for it: a name without a
 * slash it would look up elsewhere.
 *
 * @param path The library.
 */
export function toLoaderPath(path: string): string {
  return /[/\\]/.test(path) ? path : `./${path}`;
}

function demand(
  descriptor: Deno.PermissionDescriptor,
  what: string,
  flag: string,
): void {
  let { state } = Deno.permissions.querySync(descriptor);
  if (state === "prompt") {
    state = Deno.permissions.requestSync(descriptor).state;
  }
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Requires ${what}, run again with the ${flag} flag`,
  );
}
