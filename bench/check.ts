/**
 * Compares a run's figures with the goals. Use a quiet machine.
 *
 *     ./dev bench:check [RESULT.json]
 *
 * @module
 */

import { join } from "@std/path";
import { judge } from "./goals.ts";
import { formatOrigin, formatOutcome } from "./report.ts";
import { readResult, resultFolder } from "./result.ts";

const [path = join(resultFolder(), "last.json")] = Deno.args;
const result = await readResult(path);
const outcomes = judge(result);
console.log(formatOrigin(result.origin));
for (const outcome of outcomes) {
  console.log(`${outcome.title}\n${formatOutcome(outcome)}`);
}
for (const [name, reason] of Object.entries(result.absent)) {
  console.log(`${name} did not take part: ${reason}`);
}
const missed = outcomes.filter(({ tolerated }) => !tolerated).length;
console.log(`${outcomes.length - missed} reached, ${missed} missed`);
if (missed > 0) Deno.exit(1);
