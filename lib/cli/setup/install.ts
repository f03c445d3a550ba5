import { basename, dirname, join } from "@std/path";
import { IreeError } from "../../../mod.ts";
import { type ArchiveFile, readArchive } from "./archive.ts";

/** An installation's contents and folder. */
export interface Installation {
  /** The folder to install into. */
  readonly folder: string;
  /** The expected contents. */
  readonly version: string;
  readonly target: string;
  /** Path of the runtime library in the archive. */
  readonly library: string;
  /** SHA-256 of the archive. */
  readonly sha256: string;
}

/** The archive's file that describes the build. */
export const BUILD_FILE = "share/iree-deno/build.json";

interface Build {
  readonly version: string;
  readonly target: string;
}

/** The installation's file that describes what is installed. */
const STAMP_FILE = "installed.json";

/** What an installation can be given. */
export interface InstallOptions {
  /** Stops the installation between two files. */
  readonly signal?: AbortSignal;
  /** Writes a file. */
  readonly writeFile?: typeof Deno.writeFile;
}

interface Stamp {
  readonly archive: string;
  readonly library: string;
}

/**
 * Returns whether an archive is installed and its library is intact.
 *
 * @param installation The archive and the folder.
 */
export async function isInstalled(
  installation: Installation,
): Promise<boolean> {
  const { folder, library, sha256 } = installation;
  try {
    const text = await Deno.readTextFile(join(folder, STAMP_FILE));
    const stamp: Stamp = JSON.parse(text);
    return stamp.archive === sha256 &&
      stamp.library ===
        await hashOf(await Deno.readFile(join(folder, library)));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}

/**
 * Removes the remains of killed installations in the folder. No other
 * installation may be running.
 *
 * @param installation The folder.
 */
export async function removeLeftovers(
  { folder }: Installation,
): Promise<void> {
  const parent = dirname(folder);
  for await (const { name } of Deno.readDir(parent)) {
    if (name.startsWith(`${basename(folder)}.`)) {
      await removeAll(join(parent, name));
    }
  }
}

/**
 * Installs an archive and replaces the folder's contents, all or nothing.
 *
 * @param archive The bytes of the archive.
 * @param installation The expected contents and the folder.
 * @param options What stops the installation, and what writes files.
 */
export async function install(
  archive: Uint8Array<ArrayBuffer>,
  installation: Installation,
  options: InstallOptions = {},
): Promise<void> {
  const { signal, writeFile = Deno.writeFile } = options;
  const { folder, sha256 } = installation;
  const actual = await hashOf(archive);
  if (actual !== sha256) {
    throw new IreeError(
      "DATA_LOSS",
      `the archive's SHA-256 must be ${sha256}, got ${actual}; nothing was ` +
        "installed",
      { hint: "download it again, or check that it is the right archive" },
    );
  }
  const files = await readArchive(archive);
  if (files.some(({ path }) => path.toLowerCase() === STAMP_FILE)) {
    throw new IreeError(
      "DATA_LOSS",
      `the archive has '${STAMP_FILE}', which is reserved for installations`,
    );
  }
  const library = checkBuild(files, installation);
  const stamp: Stamp = {
    archive: sha256,
    library: await hashOf(library.bytes),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(stamp));
  const fresh = `${folder}.${crypto.randomUUID()}`;
  try {
    for (const file of [...files, { path: STAMP_FILE, bytes }]) {
      const path = join(fresh, file.path);
      await Deno.mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.bytes, { createNew: true });
      signal?.throwIfAborted();
    }
    await replace(folder, fresh);
  } catch (error) {
    await removeAll(fresh);
    if (signal?.aborted) throw error;
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    throw new IreeError(
      "FAILED_PRECONDITION",
      `cannot install into '${folder}': ${error.message}; nothing was left ` +
        "behind",
      { cause: error },
    );
  }
}

/** Finds the library for this package and platform in an archive. */
function checkBuild(
  files: readonly ArchiveFile[],
  { library, version, target }: Installation,
): ArchiveFile {
  const find = (path: string) => files.find((file) => file.path === path);
  const build = find(BUILD_FILE);
  const found = find(library);
  if (build === undefined || found === undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the archive has no '${build === undefined ? BUILD_FILE : library}'; ` +
        "create archives with `./dev package`",
    );
  }
  const actual = parseBuild(build);
  if (actual?.version !== version || actual.target !== target) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the archive must be version ${version} for ${target}, got version ` +
        `${actual?.version} for ${actual?.target}`,
    );
  }
  return found;
}

function parseBuild({ path, bytes }: ArchiveFile): Build | null {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new IreeError("DATA_LOSS", `the archive's '${path}' is damaged`, {
      cause: error,
    });
  }
}

/** Replaces a folder by another one. */
async function replace(folder: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  const replaces = await renameIfThere(folder, old);
  try {
    await Deno.rename(fresh, folder);
  } catch (error) {
    if (replaces) await Deno.rename(old, folder);
    throw error;
  }
  if (replaces) await removeAll(old);
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await Deno.rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
