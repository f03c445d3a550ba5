/**
 * `./dev package`: makes the archive that `iree setup` installs, from a build
 * of the native library, and its entry for `lib/cli/setup/release.json`. The
 * same build gives the same bytes.
 *
 * @module
 */

import { join, relative, resolve } from "@std/path";
import { BUILD_FILE } from "../lib/cli/setup/install.ts";
import { runtime } from "../mod.ts";
import { type ArchiveFile, writeArchive } from "./tar.ts";

/** An entry of `lib/cli/setup/release.json`. */
export interface Entry {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Makes the archive of a build.
 *
 * @param sdk The folder with the installed build.
 * @param folder The output folder for the archive and its entry.
 * @returns The entry.
 */
export async function makePackage(sdk: string, folder: string): Promise<Entry> {
  const version = runtime.packageVersion;
  const target = Deno.build.target;
  const build = `${JSON.stringify({ version, target })}\n`;
  const bytes = new TextEncoder().encode(build);
  const files = await Array.fromAsync(filesOf(sdk, sdk));
  const archive = await writeArchive([...files, { path: BUILD_FILE, bytes }]);
  const entry: Entry = {
    name: `iree-runtime-${version}-${target}.tar.gz`,
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", archive))
      .toHex(),
    size: archive.length,
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(join(folder, entry.name), archive);
  await Deno.writeTextFile(
    join(folder, `${entry.name}.json`),
    `${JSON.stringify({ [target]: entry }, null, 2)}\n`,
  );
  return entry;
}

async function* filesOf(
  folder: string,
  root: string,
): AsyncGenerator<ArchiveFile> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      yield* filesOf(path, root);
    } else {
      const bytes = await Deno.readFile(path);
      yield { path: relative(root, path).replaceAll("\\", "/"), bytes };
    }
  }
}

if (import.meta.main) {
  const sdk = Deno.env.get("IREE_DENO_SDK");
  if (sdk === undefined) throw new Error("IREE_DENO_SDK is not set; use ./dev");
  const folder = resolve(Deno.args[0] ?? "dist");
  const entry = await makePackage(sdk, folder);
  console.log(JSON.stringify({ [Deno.build.target]: entry }, null, 2));
  console.error(
    `\ninstall it with\n  iree setup --from=${join(folder, entry.name)} ` +
      `--sha256=${entry.sha256}`,
  );
}
