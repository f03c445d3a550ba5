/**
 * Packages the library in another checkout, with another cache, so that nothing
 * of this one's builds is used.
 *
 * @module
 */

import { join } from "@std/path";
import { mustRun, ROOT, type TemporaryFolder } from "../support.ts";

/** What a package is made of. */
const SOURCES = [
  "LICENSE",
  "cli.ts",
  "deno.json",
  "dev",
  "ffi",
  "lib",
  "mod.ts",
  "native",
  "release",
  "requirements-cross.txt",
  "requirements.txt",
  "tests",
];

/**
 * Runs `./dev package` in a copy of this checkout. Only tools are shared.
 *
 * @param folder Gets the copy, its cache and the archives.
 * @param flags Flags of `./dev package`.
 * @returns The folder with the archives.
 */
export async function packageElsewhere(
  folder: TemporaryFolder,
  flags: readonly string[] = [],
): Promise<string> {
  const checkout = folder.join("another checkout");
  await Deno.mkdir(checkout);
  for (const name of SOURCES) {
    await mustRun("cp", ["-R", join(ROOT, name), checkout]);
  }
  const cache = folder.join("cache");
  await Deno.mkdir(cache);
  const ours = Deno.env.get("IREE_DENO_CACHE")!;
  for (const name of ["tools", "cross"]) {
    await Deno.symlink(join(ours, name), join(cache, name));
  }
  const there = folder.join("there");
  await mustRun(join(checkout, "dev"), ["package", there, ...flags], {
    env: { IREE_DENO_CACHE: cache },
  });
  return there;
}
