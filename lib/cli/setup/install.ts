import { basename, dirname, join } from "@std/path";
import { IreeError } from "../../../mod.ts";
import { type ArchiveFile, readArchive } from "./archive.ts";

/** What is installed, and where. */
export interface Installation {
  /** The folder to install into. */
  readonly folder: string;
  /** What the archive has to be. */
  readonly version: string;
  readonly target: string;
  /** Path of the runtime library in the archive. */
  readonly library: string;
  /** SHA-256 of the archive. */
  readonly sha256: string;
}

/** File of the archive that tells what it is. */
export const BUILD_FILE = "share/iree-deno/build.json";

interface Build {
  readonly version: string;
  readonly target: string;
}

/** File of an installation that tells what was installed. */
const STAMP_FILE = "installed.json";

interface Stamp {
  readonly archive: string;
  readonly library: string;
}

/**
 * Whether an archive is installed, and its library is whole.
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
 * Removes what an installation into the folder has left that was killed. No
 * other one may be under way.
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
 * Installs an archive, in the place of what is in the folder: all or nothing.
 *
 * @param archive The bytes of the archive.
 * @param installation What it has to be and where it goes.
 * @param writeFile Writes a file.
 */
export async function install(
  archive: Uint8Array<ArrayBuffer>,
  installation: Installation,
  writeFile: typeof Deno.writeFile = Deno.writeFile,
): Promise<void> {
  const { folder, sha256 } = installation;
  const actual = await hashOf(archive);
  if (actual !== sha256) {
    throw new IreeError(
      "DATA_LOSS",
      `the archive has the SHA-256 ${actual}, not ${sha256}; nothing was ` +
        "installed",
      { hint: "get it again, or check that it is the archive you mean" },
    );
  }
  const files = await readArchive(archive);
  if (files.some(({ path }) => path.toLowerCase() === STAMP_FILE)) {
    throw new IreeError(
      "DATA_LOSS",
      `the archive has '${STAMP_FILE}', which an installation writes itself`,
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
    }
    await replace(folder, fresh);
  } catch (error) {
    await removeAll(fresh);
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

/** Finds the library in an archive that is for this package and platform. */
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
      `the archive lacks '${build === undefined ? BUILD_FILE : library}'; ` +
        "`./dev package` makes such archives",
    );
  }
  const actual = parseBuild(build);
  if (actual?.version !== version || actual.target !== target) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the archive has version ${actual?.version} for ${actual?.target}; this ` +
        `package has version ${version} and runs on ${target}`,
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

/** Puts a folder in the place of another, which is gone then. */
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
