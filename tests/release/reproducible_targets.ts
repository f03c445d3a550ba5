/**
 * Builds archives for other platforms again, elsewhere, and compares them with
 * those that `./dev package FOLDER --target=…` wrote. Takes minutes for each:
 * run by hand and by the release workflow.
 *
 *     ./dev deno run -A tests/release/reproducible_targets.ts FOLDER TRIPLE…
 *
 * @module
 */

import { join } from "@std/path";
import { runtime } from "../../mod.ts";
import { TemporaryFolder } from "../support.ts";
import { packageElsewhere } from "./elsewhere.ts";

const [here, ...triples] = Deno.args;
if (here === undefined || triples.length === 0) {
  console.error("usage: reproducible_targets.ts FOLDER TRIPLE…");
  Deno.exit(2);
}

async function hashOf(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

using folder = new TemporaryFolder();
const flags = triples.map((triple) => `--target=${triple}`);
const there = await packageElsewhere(folder, flags);
for (const triple of triples) {
  const name = `iree-runtime-${runtime.packageVersion}-${triple}.tar.gz`;
  const [ours, theirs] = await Promise.all([
    hashOf(join(here, name)),
    hashOf(join(there, name)),
  ]);
  if (ours === theirs) {
    console.log(`the same bytes  ${name}`);
  } else {
    console.log(`different       ${name}: ${ours} here, ${theirs} there`);
    Deno.exitCode = 1;
  }
}
