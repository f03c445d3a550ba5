/**
 * The library in a standalone binary, and how it gets to a place from which the
 * system's loader can open it.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { IreeError } from "../base/error.ts";
import { findCacheFolder } from "./cache.ts";
import { findPlatform } from "./platform.ts";

/**
 * Folder of the binary that `./dev compile` puts the library in, and beside it
 * its SHA-256 in a file `<name>.sha256`.
 */
export const EMBEDDED = "../embedded/";

/**
 * Finds the library that is embedded in this binary and places it.
 *
 * @returns Path of the placed library, or `undefined` when none is embedded.
 */
export function findEmbeddedLibrary(): string | undefined {
  const platform = findPlatform();
  // A program that somebody compiled with this package has it from elsewhere.
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
      `the library of this binary has no place to go: ${cache.reason}`,
    );
  }
  const sha256 = Deno.readTextFileSync(`${path}.sha256`);
  const parent = join(cache.path, "standalone");
  return placeLibrary(bytes, join(parent, sha256, name));
}

/**
 * Writes a library to a folder that only this user can look into. A library
 * that is there already, byte for byte, is left as it is; when several processes
 * do the same at once, all get a whole one.
 *
 * @param bytes The library.
 * @param path Where to, in a folder of its own. The folder is named by the
 * content, and the file as modules are linked with it, by which Windows knows
 * it.
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
      `the library of this binary cannot be placed at '${path}': ` +
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
  // Also fails for a folder of somebody else's, who could put things into it.
  if (Deno.build.os === "windows") return;
  Deno.chmodSync(folder, 0o700);
  checkParents(folder);
}

/** Refuses a folder that others could put another one in the place of. */
function checkParents(folder: string): void {
  const user = userOf(folder);
  const path = Deno.realPathSync(folder);
  for (let at = dirname(path); dirname(at) !== at; at = dirname(at)) {
    const info = Deno.statSync(at);
    const mode = info.mode ?? 0;
    // In a folder with the sticky bit, such as /tmp, everyone owns their own.
    const isSticky = (mode & 0o1000) !== 0;
    // A user's own group, or root's, has nobody else in it.
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

/** The user of this process; Deno.uid would need --allow-sys. */
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
    // Windows refuses to replace a library in use: by one that came first.
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
