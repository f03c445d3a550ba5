/**
 * Installs packages of `requirements.txt` for another platform.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { exists } from "../../release/cross/build.ts";
import { output } from "./output.ts";

/** Packages and their platform. */
export interface Wheels {
  /** The cache of `./dev`. */
  readonly cache: string;
  /** A Python that has pip. */
  readonly python: string;
  /** The platform, in the words of PyPI. */
  readonly platform: string;
  /** The packages' names. */
  readonly names: readonly string[];
}

const REQUIREMENTS = fromFileUrl(
  new URL("../../requirements.txt", import.meta.url),
);

/**
 * Downloads packages, unless the cache has them.
 *
 * @returns Their folder: modules are where an environment of Windows has them,
 * in `Lib/site-packages`, programs in `bin`.
 */
export async function installWheels(
  { cache, python, platform, names }: Wheels,
): Promise<string> {
  const requirements = await Deno.readTextFile(REQUIREMENTS);
  const pinned = names.map((name) => {
    const line = requirements.split("\n")
      .find((line) => line.startsWith(`${name}==`));
    if (line === undefined) throw new Error(`requirements.txt pins no ${name}`);
    return line;
  });
  const folder = join(cache, `wheels-${platform}-${pinned.join("-")}`);
  if (await exists(folder)) return folder;
  const partial = `${folder}.${crypto.randomUUID()}`;
  await output(python, [
    ...["-m", "pip", "install", "--disable-pip-version-check", "--no-input"],
    ...["--quiet", "--no-deps", "--only-binary=:all:"],
    `--platform=${platform}`,
    `--target=${join(partial, "Lib/site-packages")}`,
    ...pinned,
  ]);
  const scripts = join(partial, "Lib/site-packages/bin");
  if (await exists(scripts)) await Deno.rename(scripts, join(partial, "bin"));
  await Deno.rename(partial, folder);
  return folder;
}
