/**
 * The command line as a bundle: a process that runs it starts with less than
 * half of the work of one that runs the sources, and less than a third under a
 * sanitizer.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { bundle, MAIN } from "../release/bundle.ts";

/** What the bundle is made from. */
const SOURCES: readonly string[] = [
  "cli.ts",
  "mod.ts",
  "ffi",
  "lib",
  "release/bundle.ts",
];

let bundled: Promise<string> | undefined;

/**
 * Makes the bundle of the sources as they are, unless it is cached.
 *
 * @param root Root of the checkout.
 * @param cache Folder for the bundles.
 * @param flags Flags of `deno bundle`.
 * @returns Path of its entry file.
 */
export function bundledCommandLine(
  root: string,
  cache: string,
  flags: readonly string[],
): Promise<string> {
  return bundled ??= makeBundle(root, cache, flags);
}

async function makeBundle(
  root: string,
  cache: string,
  flags: readonly string[],
): Promise<string> {
  const folder = join(cache, "bundles", await keyOf(root));
  const main = join(folder, MAIN);
  if (exists(main)) return main;
  await Deno.mkdir(dirname(folder), { recursive: true });
  await removeOld(dirname(folder));
  const partial = await Deno.makeTempDir({ dir: dirname(folder) });
  await bundle(partial, flags);
  try {
    await Deno.rename(partial, folder);
  } catch (error) {
    // Another process was faster.
    await Deno.remove(partial, { recursive: true });
    if (!exists(main)) throw error;
  }
  return main;
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** Every change of the sources makes a bundle, of two megabytes. */
async function removeOld(folder: string): Promise<void> {
  for (const { name } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    const { mtime } = await Deno.stat(path);
    if (Date.now() - (mtime?.getTime() ?? 0) < WEEK) continue;
    await Deno.remove(path, { recursive: true });
  }
}

async function keyOf(root: string): Promise<string> {
  const texts: string[] = [Deno.version.deno];
  for (const path of SOURCES.flatMap((path) => filesIn(root, path))) {
    texts.push(path, await Deno.readTextFile(join(root, path)));
  }
  const bytes = new TextEncoder().encode(texts.join("\0"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex().slice(0, 20);
}

function filesIn(root: string, path: string): string[] {
  if (Deno.statSync(join(root, path)).isFile) return [path];
  return [...Deno.readDirSync(join(root, path))]
    .flatMap(({ name }) => filesIn(root, `${path}/${name}`)).sort();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
