/**
 * What `./dev` sets for the tests: the library, the SDK, the tools.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { findTool } from "./peer_tool.ts";

/** Root of the repository. */
export const ROOT: string = fromFileUrl(new URL("..", import.meta.url));

/** The same as a URL, for imports in scripts. */
export const ROOT_URL: string = new URL("..", import.meta.url).href;

/** Compiler flags of a sanitized library; modules are built with them too. */
export const SANITIZE: readonly string[] =
  Deno.env.get("DEV_SANITIZE") === "address"
    ? ["-fsanitize=address", "-fno-omit-frame-pointer", "-g1"]
    : [];

/** The library under test. */
export const LIBRARY: string = variable("IREE_RUNTIME_LIBRARY");

/** Prefix of the SDK for native modules. */
export const SDK: string = variable("IREE_DENO_SDK");

const IS_WINDOWS = Deno.build.os === "windows";

/** The format of this system's libraries. */
export const LIBRARY_FORMAT: string = IS_WINDOWS ? "pe" : "elf";

/** Variables that select the folder of a user's cache, as flags name them. */
export const CACHE_VARIABLES: string = IS_WINDOWS
  ? "LOCALAPPDATA"
  : "HOME,XDG_CACHE_HOME";

/**
 * Returns the variable that selects another cache.
 *
 * @param folder The folder that contains it.
 */
export function inCache(folder: string): Record<string, string> {
  return { [IS_WINDOWS ? "LOCALAPPDATA" : "XDG_CACHE_HOME"]: folder };
}

/** Deno's compile cache, for processes with another cache. */
export const DENO_DIR: string = Deno.env.get("DENO_DIR") ??
  join(cacheFolder(), "deno");

function cacheFolder(): string {
  if (IS_WINDOWS) return variable("LOCALAPPDATA");
  return Deno.env.get("XDG_CACHE_HOME") ?? join(variable("HOME"), ".cache");
}

const foundTools = new Map<string, string>();

/**
 * Path of a peer's tool.
 *
 * @param name Its name, such as `iree-run-module`.
 */
export function tool(name: string): string {
  const known = foundTools.get(name);
  if (known !== undefined) return known;
  const path = findTool(variable("IREE_DENO_TOOLS"), name);
  foundTools.set(name, path);
  return path;
}

/** A variable that `./dev` sets. */
export function variable(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined) throw new Error(`${name} is not set; use ./dev`);
  return value;
}
