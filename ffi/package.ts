/**
 * What this package is called and which version it is: `deno.json` has both,
 * and nothing else does.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import config from "../deno.json" with { type: "json" };

/** Version of the package, which its library has to have as well. */
export const PACKAGE_VERSION: string = config.version;

/** What `deno run` takes for the command line: of a checkout, or the package. */
export const CLI: string = import.meta.url.startsWith("file:")
  ? fromFileUrl(new URL("../cli.ts", import.meta.url))
  : `jsr:${config.name}@${config.version}/cli`;
