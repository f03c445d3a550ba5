/**
 * The library in a standalone binary, and how it gets to a place from which the
 * system's loader can open it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, fromFileUrl, join } from "@std/path";
import { findCacheFolder } from "./cache.ts";
import { IreeError } from "./error.ts";
import { findPlatform } from "./platform.ts";

/** Folder of the binary that `./dev compile` puts the library in. */
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
  const bytes = readIfThere(
    fromFileUrl(new URL(EMBEDDED + name, import.meta.url)),
  );
  if (bytes === undefined) return undefined;
  const cache = findCacheFolder();
  if (cache.path === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      `the library of this binary has no place to go: ${cache.reason}`,
    );
  }
  return placeLibrary(bytes, name, join(cache.path, "standalone"));
}

/**
 * Writes a library to a folder that is named by its content and that only this
 * user can look into. A library that is there already, whole, is left as it is;
 * when several processes do the same at once, all get a whole one.
 *
 * @param bytes The library.
 * @param name Name of its file, by which Windows knows it.
 * @param parent Folder for such folders; made when it is missing.
 * @returns Path of the file.
 */
export function placeLibrary(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  parent: string,
): string {
  const hash = hashOf(bytes);
  const folder = join(parent, hash);
  const path = join(folder, name);
  try {
    makePrivateFolder(folder);
    if (!hasContent(path, hash)) writeAtomically(bytes, path, hash);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof IreeError) throw error;
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
  if (Deno.build.os !== "windows") Deno.chmodSync(folder, 0o700);
}

function hasContent(path: string, hash: string): boolean {
  const bytes = readIfThere(path);
  return bytes !== undefined && Deno.lstatSync(path).isFile &&
    hashOf(bytes) === hash;
}

function writeAtomically(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  hash: string,
): void {
  const partial = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeFileSync(partial, bytes, { createNew: true, mode: 0o600 });
    Deno.renameSync(partial, path);
  } catch (error) {
    removeIfThere(partial);
    // Windows refuses to replace a library in use: by one that came first.
    if (!hasContent(path, hash)) throw error;
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
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
