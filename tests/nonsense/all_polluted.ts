/**
 * Calls all public functions under every change of a prototype, where the tests
 * try a part:
 *
 *     ./dev deno run -A tests/nonsense/all_polluted.ts [PATTERN of functions' names]
 *     DEV_SANITIZE=address ./dev deno run -A tests/nonsense/all_polluted.ts
 *
 * @module
 */

import { runPolluted } from "./runner.ts";

const [only] = Deno.args;
const { failures, count } = await runPolluted({ only, all: true });
for (const failure of failures) console.log(failure);
console.log(`${count} calls, ${failures.length} failures`);
Deno.exit(failures.length === 0 ? 0 : 1);
