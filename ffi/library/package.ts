/**
 * What this package is called and which version it is: `deno.json` has both,
 * and nothing else does.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import config from "../../deno.json" with { type: "json" };

/** Version of the package, which its library has to have as well. */
export const PACKAGE_VERSION: string = config.version;

// A bundle is JavaScript, and files of a standalone binary are nowhere but in it.
const isSource = /^file:.*\.ts$/.test(import.meta.url);
const checkout = isSource && !Deno.build.standalone
  ? new URL("../..", import.meta.url)
  : undefined;

/** Folder of the checkout that this package is run from, if it is. */
export const CHECKOUT: string | undefined = checkout === undefined
  ? undefined
  : fromFileUrl(checkout).replace(/[/\\]$/, "");

/** What `deno run` takes for the command line: of a checkout, or the package. */
export const CLI: string = checkout === undefined
  ? `jsr:${config.name}@${config.version}/cli`
  : fromFileUrl(new URL("cli.ts", checkout));

/** What a program imports the package by that has a `deno.json` of its own. */
export const IMPORTS: Readonly<Record<string, string>> = checkout === undefined
  ? { [config.name]: `jsr:${config.name}@^${config.version}` }
  : { ...modulesIn(checkout), ...config.imports };

// The modules of a checkout by the names that they have in the package.
function modulesIn(folder: URL): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.exports).map((
      [name, path],
    ) => [config.name + name.slice(1), new URL(path, folder).href]),
  );
}
