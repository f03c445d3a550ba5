import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";

// A file is written beside its place and renamed when it is whole. A process that
// is killed leaves the part behind. The lock on it ends with the process, which
// is how the next one knows that it is not being written.

/** Windows lets nobody write to a locked file, native code included. */
const HAS_LOCKS = Deno.build.os !== "windows";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const SUFFIX = ".partial";

/**
 * Names the part of a file, each time anew.
 *
 * @param target The file.
 */
export function partialName(target: string): string {
  return `${target}.${crypto.randomUUID()}${SUFFIX}`;
}

/**
 * Creates the part of a file, locked while it is open.
 *
 * @param path Its path.
 * @returns The open file.
 */
export function createPartial(path: string): Deno.FsFile {
  const file = Deno.openSync(path, { write: true, createNew: true });
  if (!HAS_LOCKS) return file;
  try {
    file.lockSync(true);
    // Another process may have taken it for a leftover before the lock.
    Deno.statSync(path);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Removes the parts of a file that killed processes left. What cannot be removed
 * stays.
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
