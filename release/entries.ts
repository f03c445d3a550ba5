/**
 * The package's entries: the modules that `deno.json` exports.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** Paths of the modules, relative to the root: `./mod.ts`. */
export const ENTRIES: readonly string[] = Object.values(config.exports);

/**
 * Entries with values that can be imported: the command line runs when it is
 * imported, and `types.ts` has only types.
 */
export const LIBRARY_ENTRIES: readonly string[] = ENTRIES.filter((path) =>
  !/cli\.ts$|types\.ts$/.test(path)
);
