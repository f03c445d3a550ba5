/**
 * Bundles: scripts and what they import as a few JavaScript files.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { resolve } from "@std/path/resolve";
import { importLater } from "./late_imports.ts";
import { importStart } from "./start_file.ts";

/**
 * The command that starts quickest. Its source is part of the start of every
 * command, most of which need almost the same.
 */
export const RUN_COMMAND = "lib/cli/run/command.ts";

/** How to bundle. */
export interface BundleFilesOptions {
  /** Additional flags for `deno bundle`, such as an import map. */
  readonly flags: readonly string[];
  /**
   * Ending of the path of a source that every start reads, too, if only sources of
   * this package are in the bundle: others may await what they import.
   */
  readonly startsWith?: string | undefined;
  /** Whether literals name the files that are imported later. */
  readonly isCompiled?: boolean;
}

/**
 * Writes a bundle. Its entry file is named after the script.
 *
 * @param entry The script.
 * @param folder The bundle, a folder without JavaScript files.
 * @param options How to bundle.
 * @returns The reason why it failed, from `deno bundle`.
 */
export async function bundleFiles(
  entry: string,
  folder: string,
  { flags, startsWith, isCompiled = false }: BundleFilesOptions,
): Promise<string | undefined> {
  const parts = await Deno.makeTempDir({ prefix: "iree_bundle_" });
  try {
    const main = basename(entry).replace(/\.[^.]*$/, ".js");
    const first = startsWith === undefined ? folder : parts;
    const reason = await bundle(entry, first, flags);
    if (reason !== undefined) return reason;
    if (startsWith !== undefined) {
      await importStart(parts, main, startsWith);
      const again = await bundle(main, folder, ["--no-config"], parts);
      if (again !== undefined) return again;
    }
    if (!isCompiled) await importLater(folder);
    return undefined;
  } finally {
    await Deno.remove(parts, { recursive: true });
  }
}

async function bundle(
  entry: string,
  folder: string,
  flags: readonly string[],
  cwd?: string,
): Promise<string | undefined> {
  const args = ["bundle", "--quiet", "--code-splitting", "--platform=deno"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, ...flags, "--outdir", resolve(folder), entry],
    ...cwd === undefined ? {} : { cwd },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim();
}
