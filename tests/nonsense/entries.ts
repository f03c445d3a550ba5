/**
 * What the entries of the package export.
 *
 * @module
 */

import * as benchmarks from "../../lib/benchmark/mod.ts";
import * as compiler from "../../lib/compiler/mod.ts";
import * as inspection from "../../lib/inspect/mod.ts";
import * as language from "../../lib/language/mod.ts";
import * as npy from "../../lib/npy/mod.ts";
import * as profiles from "../../lib/profile/mod.ts";
import * as replays from "../../lib/replay/mod.ts";
import * as serving from "../../lib/serve/mod.ts";
import * as tokenizing from "../../lib/tokenizer/mod.ts";
import * as tooling from "../../lib/tooling/mod.ts";
import * as tuning from "../../lib/tuning/mod.ts";
import * as runtime from "../../mod.ts";
import { LIBRARY_ENTRIES } from "../../release/entries.ts";

/** Exports with their types, for samples of arguments. */
export const api = {
  ...runtime,
  ...benchmarks,
  ...compiler,
  ...inspection,
  ...language,
  ...npy,
  ...profiles,
  ...replays,
  ...serving,
  ...tokenizing,
  ...tooling,
  ...tuning,
};

/** Everything that `deno.json` exports by name; a new entry too. */
export const everything: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...await Promise.all(
    LIBRARY_ENTRIES.map((path) => import(`../../${path}`)),
  ),
);
