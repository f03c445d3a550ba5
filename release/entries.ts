/**
 * The package's entries: the modules that `deno.json` exports.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** Paths of the modules, relative to the root: `./mod.ts`. */
export const ENTRIES: readonly string[] = Object.values(config.exports);
