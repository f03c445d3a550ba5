/**
 * The package's name and version, both from `deno.json`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import config from "../../deno.json" with { type: "json" };

/** Package version, which its library must match. */
export const PACKAGE_VERSION: string = config.version;

// Bundles are JavaScript, and files in a standalone binary exist only inside
// it.
const isSource = /^file:.*\.ts$/.test(import.meta.url);
const checkout = isSource && !Deno.build.standalone
  ? new URL("../..", import.meta.url)
  : undefined;

/** The checkout that this package runs from, if any. */
export const CHECKOUT: string | undefined = checkout === undefined
  ? undefined
  : fromFileUrl(checkout).replace(/[/\\]$/, "");

/**
 * The `deno run` argument for the command line, in a checkout or the package.
 */
export const CLI: string = checkout === undefined
  ? `jsr:${config.name}@${config.version}/cli`
  : fromFileUrl(new URL("cli.ts", checkout));

/** Import map for a program with its own `deno.json`. */
export const IMPORTS: Readonly<Record<string, string>> = checkout === undefined
  ? { [config.name]: `jsr:${config.name}@^${config.version}` }
  : { ...modulesIn(checkout), ...config.imports };

// The modules of a checkout under their names in the package.
function modulesIn(folder: URL): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.exports).map((
      [name, path],
    ) => [config.name + name.slice(1), new URL(path, folder).href]),
  );
}
