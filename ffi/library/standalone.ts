/**
 * The library embedded in a standalone binary, and its extraction to a file
 * that the system's loader can open.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { IreeError } from "../base/error.ts";
import { findCacheFolder } from "./cache_folder.ts";
import { findPlatform } from "./platform.ts";

/**
 * Folder in the binary where `./dev compile` embeds the library, next to its
 * SHA-256 in a file `<name>.sha256`.
 */
export const EMBEDDED = "../embedded/";

/**
 * Finds the library embedded in this binary and extracts it.
 *
 * @returns Path of the extracted library, or `undefined` if none is embedded.
 */
export function findEmbeddedLibrary(): string | undefined {
  const platform = findPlatform();
  // Other programs compiled with this package have the library elsewhere.
  if (platform === undefined || !import.meta.url.startsWith("file:")) {
    return undefined;
  }
  const name = basename(platform.library);
  const path = fromFileUrl(new URL(EMBEDDED + name, import.meta.url));
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  const cache = findCacheFolder();
  if (cache.path === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      `cannot extract the library of this binary: ${cache.reason}`,
    );
  }
  const sha256 = Deno.readTextFileSync(`${path}.sha256`);
  const parent = join(cache.path, "standalone");
  return placeLibrary(bytes, join(parent, sha256, name));
}

/**
 * Writes a library to a folder that only this user can access. Keeps an
 * identical existing library. Several processes can do so at the same time;
 * each gets a complete file.
 *
 * @param bytes The library.
 * @param path Target path in its own folder. The folder is named by the
 * content. The file keeps the name that modules are linked with, since Windows
 * identifies the library by it.
 * @returns The path.
 */
export function placeLibrary(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
): string {
  try {
    makePrivateFolder(dirname(path));
    if (!hasContent(path, bytes)) writeAtomically(path, bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `the library of this binary cannot be extracted to '${path}': ` +
        error.message,
      { cause: error },
    );
  }
  return path;
}

function makePrivateFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!Deno.lstatSync(folder).isDirectory) {
    throw new Error(`'${folder}' is not a folder`);
  }
  // Also fails for another user's folder, whose owner could place files there.
  if (Deno.build.os === "windows") return;
  Deno.chmodSync(folder, 0o700);
  checkParents(folder);
}

/** Rejects a folder that other users could replace. */
function checkParents(folder: string): void {
  const user = userOf(folder);
  const path = Deno.realPathSync(folder);
  for (let at = dirname(path); dirname(at) !== at; at = dirname(at)) {
    const info = Deno.statSync(at);
    const mode = info.mode ?? 0;
    // In a folder with the sticky bit, such as /tmp, users can only replace
    // their own entries.
    const isSticky = (mode & 0o1000) !== 0;
    // Only the user is in the user's own group, or in root's.
    const isOwnGroup = info.gid === 0 || info.gid === user;
    const isShared = (mode & 0o002) !== 0 ||
      ((mode & 0o020) !== 0 && !isOwnGroup);
    if (info.uid !== user && info.uid !== 0) {
      throw new Error(`'${at}' belongs to another user`);
    }
    if (isShared && !isSticky) {
      throw new Error(`'${at}' can be written by other users`);
    }
  }
}

/** Returns the user of this process; Deno.uid would need --allow-sys. */
function userOf(folder: string): number | null {
  const probe = join(folder, crypto.randomUUID());
  Deno.writeFileSync(probe, new Uint8Array(), { createNew: true });
  try {
    return Deno.lstatSync(probe).uid;
  } finally {
    Deno.removeSync(probe);
  }
}

function hasContent(path: string, bytes: Uint8Array): boolean {
  const found = readIfThere(path);
  return found !== undefined && Deno.lstatSync(path).isFile &&
    found.length === bytes.length &&
    found.every((byte, index) => byte === bytes[index]);
}

function writeAtomically(path: string, bytes: Uint8Array<ArrayBuffer>): void {
  const partial = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeFileSync(partial, bytes, { createNew: true, mode: 0o600 });
    Deno.renameSync(partial, path);
  } catch (error) {
    removeIfThere(partial);
    // Windows cannot replace a library in use: another process was first.
    if (!hasContent(path, bytes)) throw error;
  }
}

function readIfThere(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
