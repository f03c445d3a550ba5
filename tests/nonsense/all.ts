/**
 * Calls all public functions with every kind of nonsense at every place, where
 * the tests try a part. Takes a quarter of a minute on two idle cores:
 *
 *     ./dev deno run -A tests/nonsense/all.ts [PATTERN of functions' names]
 *     DEV_SANITIZE=address ./dev deno run -A tests/nonsense/all.ts
 *
 * @module
 */

import { runNonsense } from "./runner.ts";

const [only] = Deno.args;
const { failures, count } = await runNonsense({ only, all: true });
for (const failure of failures) console.log(failure);
console.log(`${count} calls, ${failures.length} failures`);
Deno.exit(failures.length === 0 ? 0 : 1);
