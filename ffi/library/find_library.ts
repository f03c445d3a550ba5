/**
 * Searches for the shared library.
 *
 * The first place that has it wins: the path passed by the caller; the
 * environment variable `IREE_RUNTIME_LIBRARY`; the standalone binary, with the
 * library embedded or next to it; the per-user cache, where `iree setup`
 * installs it.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { IreeError } from "../base/error.ts";
import { toLibraryPath } from "../base/native_path.ts";
import { isUrl } from "../base/url.ts";
import {
  cacheVariables,
  findCacheFolder,
  installationFolder,
} from "./cache_folder.ts";
import { CLI } from "./package.ts";
import { findPlatform } from "./platform.ts";
import { findEmbeddedLibrary } from "./standalone.ts";

/** Environment variable with the library's path. */
const LIBRARY_VARIABLE = "IREE_RUNTIME_LIBRARY";

/** A place to look for the library. */
export type LibrarySource = "option" | "variable" | "standalone" | "cache";

/** Result of a search at one place. */
export interface LibraryPlace {
  /** The place. */
  readonly source: LibrarySource;
  /** Path of the library; `undefined` if it is missing. */
  readonly path: string | undefined;
  /** Readable description of the place, and why it has no library. */
  readonly description: string;
  /** Deno flags required to search it. */
  readonly flags: readonly string[];
}

/**
 * Searches for the library, up to the first place that has it. Skips places
 * without permission; their descriptions say so.
 *
 * @param path Path passed by the caller.
 * @returns The places, the last one with the library if it was found.
 */
export function findLibrary(path?: string | URL): LibraryPlace[] {
  const places: LibraryPlace[] = [];
  const looks = [() => givenPlace(path), variablePlace, standalone, cachePlace];
  for (const look of looks) {
    const place = look();
    if (place !== undefined) places.push(place);
    if (place?.path !== undefined) break;
  }
  return places;
}

/**
 * Returns the path of the library that was found.
 *
 * @param places Result of {@linkcode findLibrary}.
 * @returns The path; throws an error that lists the places if there is none.
 */
export function pathOfLibrary(places: readonly LibraryPlace[]): string {
  const path = places.at(-1)?.path;
  if (path !== undefined) return path;
  const tried = places.map(({ description }) => `\n  ${description}`).join("");
  throw new IreeError("NOT_FOUND", `no IREE runtime library:${tried}`, {
    hint: installationHint(),
  });
}

/** How to install or name a suitable library. */
export function installationHint(): string {
  return `install it with \`deno run -A ${CLI} setup\`, or pass its path as ` +
    `the option \`library\` or in ${LIBRARY_VARIABLE}; a checkout ` +
    `builds one with \`./dev setup\``;
}

function givenPlace(given?: string | URL): LibraryPlace {
  const place = { source: "option", flags: [] } as const;
  const name = "the option `library`";
  if (given === undefined) return without(place, `${name}: not given`);
  const path = toLibraryPath(pathOfOption(given));
  return { ...place, path, description: name };
}

function pathOfOption(given: string | URL): string {
  if (typeof given === "string") return given;
  if (isUrl(given) && given.protocol === "file:") return fromFileUrl(given);
  throw new IreeError(
    "INVALID_ARGUMENT",
    "library must be a path or a file: URL",
  );
}

function variablePlace(): LibraryPlace {
  const descriptor = { name: "env", variable: LIBRARY_VARIABLE } as const;
  let { state } = Deno.permissions.querySync(descriptor);
  if (state === "prompt") {
    state = Deno.permissions.requestSync(descriptor).state;
  }
  const flag = `--allow-env=${LIBRARY_VARIABLE}`;
  const place = { source: "variable", flags: [flag] } as const;
  const name = `the environment variable ${LIBRARY_VARIABLE}`;
  if (state !== "granted") {
    return without(place, `${name}: not searched without ${flag}`);
  }
  const value = Deno.env.get(LIBRARY_VARIABLE);
  return value
    ? { ...place, path: toLibraryPath(value), description: name }
    : without(place, `${name}: not set`);
}

function standalone(): LibraryPlace | undefined {
  if (!Deno.build.standalone) return undefined;
  const place = { source: "standalone", flags: [] } as const;
  const embedded = findEmbeddedLibrary();
  if (embedded !== undefined) {
    const description = "embedded in the standalone binary";
    return { ...place, path: embedded, description };
  }
  const platform = findPlatform();
  if (platform === undefined) return undefined;
  const path = join(dirname(Deno.execPath()), basename(platform.library));
  return fileOrReason(place, "beside the standalone binary", path);
}

function cachePlace(): LibraryPlace {
  const flags = [`--allow-env=${cacheVariables()}`];
  const place = { source: "cache", flags } as const;
  const name = "the cache of this user";
  const platform = findPlatform();
  if (platform === undefined) {
    const target = Deno.build.target;
    return without(place, `${name}: no prebuilt library for ${target}`);
  }
  const cache = findCacheFolder();
  if (cache.path === undefined) {
    return without(place, `${name}: ${cache.reason}`);
  }
  const path = join(installationFolder(cache.path), platform.library);
  return fileOrReason(place, name, toLibraryPath(path));
}

type Place = Pick<LibraryPlace, "source" | "flags">;

function without(place: Place, description: string): LibraryPlace {
  return { ...place, path: undefined, description };
}

/** Checks a place with a file, if it is readable and exists. */
function fileOrReason(
  { source, flags }: Place,
  name: string,
  path: string,
): LibraryPlace {
  const { state } = Deno.permissions.querySync({ name: "read", path });
  const flag = `--allow-read=${path}`;
  const place = { source, flags: [...flags, flag] };
  if (state !== "granted") {
    return without(place, `${name}: not searched without ${flag}`);
  }
  const problem = problemOfFile(path);
  return problem === undefined
    ? { ...place, path, description: name }
    : without(place, `${name}: ${problem}`);
}

/** Why a path is not a loadable file; `undefined` if it is. */
function problemOfFile(path: string): string | undefined {
  try {
    if (Deno.statSync(path).isFile) return undefined;
    return `'${path}' is not a regular file`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `no file '${path}'`;
    // For example, another user has installed it.
    const reason = error instanceof Error ? error.message : String(error);
    return `'${path}' cannot be read: ${reason}`;
  }
}
