/**
 * POSIX paths, as `node:path` parses them. Importing `node:path` takes
 * milliseconds, which would slow the start of the command line.
 *
 * @module
 */

/** Returns the last part of a path; trailing separators are ignored. */
export function basename(path: string): string {
  const end = endOf(path);
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

/** Returns a path without its last part; `.` if nothing remains. */
export function dirname(path: string): string {
  const at = path.lastIndexOf("/", endOf(path) - 1);
  if (at === 0 || (at < 0 && path.startsWith("/"))) return "/";
  return at < 0 ? "." : path.slice(0, at);
}

/** Returns the extension of a path with its dot, or an empty string. */
export function extname(path: string): string {
  const name = basename(path);
  const at = name.lastIndexOf(".");
  return at <= 0 || name === ".." ? "" : name.slice(at);
}

/** Returns whether a path is absolute. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** Joins paths and normalizes the result. */
export function join(...paths: string[]): string {
  return normalize(paths.filter((path) => path !== "").join("/"));
}

/** Resolves the `.`, `..` and doubled separators of a path. */
export function normalize(path: string): string {
  const root = isAbsolute(path) ? "/" : "";
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push("..");
  }
  if (parts.length === 0) return root || (path.endsWith("/") ? "./" : ".");
  return root + parts.join("/") + (path.endsWith("/") ? "/" : "");
}

/** Returns the path that leads from one path to another. */
export function relative(from: string, to: string): string {
  const start = partsOf(from);
  const end = partsOf(to);
  let same = 0;
  while (same < start.length && start[same] === end[same]) same++;
  return [...start.slice(same).map(() => ".."), ...end.slice(same)].join("/");
}

/** Resolves paths, each against those before it, to an absolute path. */
export function resolve(...paths: string[]): string {
  const first = paths.findLastIndex(isAbsolute);
  const path = first < 0
    ? join(Deno.cwd(), ...paths)
    : join(...paths.slice(first));
  return path.slice(0, Math.max(endOf(path), 1));
}

/** The end of a path's last part. */
function endOf(path: string): number {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return end;
}

function partsOf(path: string): string[] {
  return resolve(path).split("/").filter((part) => part !== "");
}
