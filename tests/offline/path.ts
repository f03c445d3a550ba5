/**
 * Stands in for `@std/path` where JSR cannot be reached: the functions this
 * project uses; on Windows over `node:path` and `node:url`.
 *
 * Where the package and Node disagree, this follows the package: `basename` of
 * a root or of the suffix itself, `dirname` of doubled separators, escapes in
 * file URLs. Only file URLs on Windows follow Node.
 *
 * `tests/offline/path_test.ts` specifies both.
 *
 * @module
 */

import * as posix from "./posix_path.ts";

const isWindows = Deno.build.os === "windows";
const path = isWindows ? await import("node:path") : posix;
const urls = isWindows ? await import("node:url") : undefined;

/** Separates the parts of a path. */
export const SEPARATOR: "/" | "\\" = isWindows ? "\\" : "/";

/** Matches one or more separators. */
export const SEPARATOR_PATTERN: RegExp = isWindows ? /[\\/]+/ : /\/+/;

/** Separates the paths of a list such as `PATH`. */
export const DELIMITER: ":" | ";" = isWindows ? ";" : ":";

/**
 * Returns the last part of a path, without `suffix` unless that is all of it.
 * Trailing separators are ignored.
 */
export function basename(path_: string, suffix = ""): string {
  const name = path.basename(path_);
  if (name === "" && path_ !== "" && !isWindows) return SEPARATOR;
  return suffix !== "" && name !== suffix && name.endsWith(suffix)
    ? name.slice(0, -suffix.length)
    : name;
}

/** Returns a path without its last part; `.` if nothing remains. */
export function dirname(path_: string): string {
  const parent = path.dirname(path_);
  return isWindows ? parent : parent.replace(/(?<=.)\/+$/, "");
}

/** Returns the extension of a path with its dot, or an empty string. */
export function extname(path_: string): string {
  return path.extname(path_);
}

/** Returns whether a path is absolute. */
export function isAbsolute(path_: string): boolean {
  return path.isAbsolute(path_);
}

/** Joins paths and {@linkcode normalize | normalizes} the result. */
export function join(path_: string, ...paths: string[]): string {
  return path.join(path_, ...paths);
}

/** Resolves the `.`, `..` and doubled separators of a path. */
export function normalize(path_: string): string {
  return path.normalize(path_);
}

/** Returns the path that leads from one path to another. */
export function relative(from: string, to: string): string {
  return path.relative(from, to);
}

/** Resolves paths, each against those before it, to an absolute path. */
export function resolve(...pathSegments: string[]): string {
  return path.resolve(...pathSegments);
}

/**
 * Converts a file URL to a path.
 *
 * @throws {TypeError} If the URL is not a file URL.
 */
export function fromFileUrl(url: URL | string): string {
  const { href, pathname, protocol } = new URL(url);
  if (protocol !== "file:") {
    throw new TypeError(`URL must be a file URL: received "${protocol}"`);
  }
  if (urls !== undefined) return urls.fileURLToPath(href);
  return decodeURIComponent(pathname.replaceAll(/%(?![\da-f]{2})/gi, "%25"));
}

/**
 * Converts an absolute path to a file URL.
 *
 * @throws {TypeError} If the path is relative.
 */
export function toFileUrl(path_: string): URL {
  if (!path.isAbsolute(path_)) {
    throw new TypeError(`Path must be absolute: received "${path_}"`);
  }
  if (urls !== undefined) return urls.pathToFileURL(path_);
  const result = new URL("file:///");
  result.pathname = path_.replaceAll(/[%\\\s]/g, encodeURIComponent);
  return result;
}
