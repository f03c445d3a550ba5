import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { isReadableFile } from "../base/permissions.ts";

/** Folders from the compiler's library up to its Python environment. */
const DEPTH = 7;

/**
 * Finds the Python with the compiler: that of the library's environment, or
 * else `python3` on PATH.
 *
 * @param library Path of the compiler's library.
 */
export function pythonOf(library: string): string {
  let folder = library;
  for (let up = 0; up < DEPTH; up++) folder = dirname(folder);
  const own = Deno.build.os === "windows"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python3");
  return isReadableFile(own) ? own : "python3";
}
