/**
 * Writes `lib/cli/setup/release.json` for a release: the version in `deno.json`
 * and the entries that `./dev package` wrote beside the archives.
 *
 *     ./dev deno run -A release/manifest.ts FOLDER
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import config from "../deno.json" with { type: "json" };
import release from "../lib/cli/setup/release.json" with { type: "json" };

/**
 * Composes the manifest of a release.
 *
 * @param folder The folder with the archives and their entries.
 * @returns Text of `lib/cli/setup/release.json`.
 */
export async function composeManifest(folder: string): Promise<string> {
  const archives: Record<string, unknown> = {};
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".tar.gz.json")) names.push(name);
  }
  for (const name of names.sort()) {
    const entries = JSON.parse(await Deno.readTextFile(join(folder, name)));
    Object.assign(archives, entries);
  }
  const { version } = config;
  return `${
    JSON.stringify({ version, base: release.base, archives }, null, 2)
  }\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(
    fromFileUrl(new URL("../lib/cli/setup/release.json", import.meta.url)),
    await composeManifest(Deno.args[0] ?? "dist"),
  );
}
