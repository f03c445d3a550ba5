import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";

// A file is written next to its target and renamed when it is complete. If the
// process is killed, the partial file remains. Its lock ends with the process,
// so the next process can detect the leftover.

/**
 * On Windows a locked file is read-only for everyone, including native code.
 */
const HAS_LOCKS = Deno.build.os !== "windows";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const SUFFIX = ".partial";

/**
 * Returns a new name for the partial file of a target.
 *
 * @param target The file.
 */
export function partialName(target: string): string {
  return `${target}.${crypto.randomUUID()}${SUFFIX}`;
}

/**
 * Creates a partial file, locked while it is open.
 *
 * @param path Its path.
 * @returns The open file.
 */
export function createPartial(path: string): Deno.FsFile {
  const file = Deno.openSync(path, { write: true, createNew: true });
  if (!HAS_LOCKS) return file;
  try {
    file.lockSync(true);
    // Before the lock, another process may have mistaken it for a leftover.
    Deno.statSync(path);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Removes partial files of killed processes. Files that cannot be removed stay.
 *
 * @param target The file.
 */
export function removeLeftovers(target: string): void {
  if (!HAS_LOCKS) return;
  const folder = dirname(target);
  const prefix = `${basename(target)}.`;
  try {
    for (const { name, isFile } of Deno.readDirSync(folder)) {
      if (!isFile || !name.startsWith(prefix) || !name.endsWith(SUFFIX)) {
        continue;
      }
      const id = name.slice(prefix.length, -SUFFIX.length);
      if (UUID.test(id)) removeUnlessLocked(join(folder, name));
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
  }
}

function removeUnlessLocked(path: string): void {
  using file = Deno.openSync(path, { write: true });
  if (file.tryLockSync(true)) Deno.removeSync(path);
}
