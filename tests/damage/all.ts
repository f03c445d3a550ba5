/**
 * Damages more files than the tests do. A crash names its case:
 *
 *     ./dev deno run -A tests/damage/all.ts KIND [FIRST] [END] [SEED]
 *     DEV_SANITIZE=address ./dev deno run -A tests/damage/all.ts program 0 10000
 *
 * `KIND` is one of `profile`, `recording`, `tokenizer` and `program`. After
 * every few hundred cases it prints their outcomes, so that an interrupted run
 * can continue from there.
 *
 * @module
 */

import { KINDS } from "./kinds.ts";
import { runDamaged } from "./run.ts";

/** How many cases one process runs, at most. */
const CHUNK = 250;

const [name, first = "0", last = "10000", seed = "1"] = Deno.args;
const kind = KINDS.find((it) => it === name);
if (kind === undefined) {
  console.error(`the first argument must be one of ${KINDS.join(", ")}`);
  Deno.exit(2);
}
let failed = 0;
for (let start = Number(first); start < Number(last); start += CHUNK) {
  const end = Math.min(start + CHUNK, Number(last));
  const { outcomes, failures, endless } = await runDamaged({
    ...{ kind, start, end },
    seed: Number(seed),
  });
  const counts = [...outcomes].map(([it, count]) => `${count} ${it}`);
  console.log(`${kind} ${start} to ${end}: ${counts.join(", ")}`);
  if (endless.length > 0) console.log(`  endless: ${endless.join(", ")}`);
  for (const failure of failures) {
    failed++;
    console.log(`  ${failure.what} in case ${failure.case} at ${failure.at}`);
    console.log(failure.detail);
  }
}
console.log(`${failed} failures`);
Deno.exit(failed === 0 ? 0 : 1);
