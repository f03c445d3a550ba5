/**
 * `./dev bundle`: the command line as a few JavaScript files. They start in half
 * the time of the sources, each of which Deno looks up in its caches.
 *
 * @module
 */

import { join, resolve } from "@std/path";
import { bundleFiles, RUN_COMMAND } from "../lib/cli/compile/bundle_files.ts";
import { ROOT } from "./published.ts";

/** The bundle's entry file. */
export const MAIN = "cli.js";

/**
 * Makes a bundle.
 *
 * @param folder The output folder.
 * @param flags Additional flags for `deno bundle`.
 * @param isCompiled Whether the bundle is for `deno compile`.
 */
export async function bundle(
  folder: string,
  flags: readonly string[] = [],
  isCompiled = false,
): Promise<void> {
  await removeBundle(folder);
  const reason = await bundleFiles(join(ROOT, "cli.ts"), folder, {
    flags,
    startsWith: RUN_COMMAND,
    isCompiled,
  });
  if (reason !== undefined) throw new Error(`deno bundle failed: ${reason}`);
}

// Its other files are named after their contents, so old ones would pile up.
async function removeBundle(folder: string): Promise<void> {
  try {
    await Deno.stat(join(folder, MAIN));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".js")) await Deno.remove(join(folder, name));
  }
}

if (import.meta.main) {
  const isFlag = (arg: string) => arg.startsWith("--");
  const [output = "dist/cli"] = Deno.args.filter((arg) => !isFlag(arg));
  const folder = resolve(output);
  await bundle(folder, Deno.args.filter(isFlag));
  console.log(join(folder, MAIN));
}
