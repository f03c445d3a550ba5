/**
 * Calls all public functions with nonsense, in a process of its own, and prints
 * what no call may do: fail with right arguments, throw an error other than an
 * `IreeError`, take long, leave memory.
 *
 * @module
 */

import process from "node:process";
import { IreeError, runtime } from "../../mod.ts";
import { isSampled, type PublicFunction, publicFunctions } from "./api.ts";
import { type Case, casesOf } from "./cases.ts";
import { release } from "./release.ts";
import { FAILING } from "./samples.ts";
import { isInPart } from "./selection.ts";
import { type Fixtures, makeThings, type Things } from "./things.ts";
import { THROWN } from "./values.ts";

/** A call may use so many milliseconds of a CPU. */
const LIMIT = 5_000;

const [text, only, part] = Deno.args;
const isIncluded = part === "all" ? () => true : isInPart;
const fixtures: Fixtures = JSON.parse(text);
let count = 0;

for (const given of publicFunctions()) {
  if (!new RegExp(only).test(given.name)) continue;
  // Where the process ends early, the last line says at which function.
  console.log(`at ${given.name}`);
  {
    await using stack = new AsyncDisposableStack();
    const things = await makeThings(fixtures, stack);
    if (isSampled(given)) await attemptRight(given, things);
    for (const it of casesOf(given, things, isIncluded)) {
      await attempt(given, it, things);
      count++;
    }
  }
  // Results of calls that nothing was left of but a promise.
  await new Promise((resolve) => setTimeout(resolve));
  const { liveAllocations } = runtime.statistics;
  if (liveAllocations !== 0) {
    console.log(`failed ${given.name}: ${liveAllocations} allocations stay`);
    break;
  }
}
console.log(`done ${count}`);

async function attempt(
  given: PublicFunction,
  { name, values, mustFail }: Case,
  things: Things,
): Promise<void> {
  const before = usedMilliseconds();
  let problem: string | undefined;
  try {
    const result = await given.call(things, values);
    await release(result, things);
    if (mustFail) problem = "was accepted";
  } catch (error) {
    if (!(error instanceof IreeError) && error !== THROWN) {
      problem = error instanceof Error ? `${error.stack}` : String(error);
    }
  }
  const took = usedMilliseconds() - before;
  if (took > LIMIT) problem = `took ${took.toFixed(0)} ms`;
  if (problem === undefined) return;
  console.log(
    `failed ${given.name}: ${name}: ${problem.replaceAll("\n", " ")}`,
  );
}

// Waiting does not count, so that a busy machine makes no difference.
function usedMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// Nonsense is put in the place of one right argument only.
async function attemptRight(
  given: PublicFunction,
  things: Things,
): Promise<void> {
  const code = FAILING.get(given.name);
  try {
    await release(await given.call(things, given.arguments(things)), things);
    if (code === undefined) return;
    console.log(`failed ${given.name}: its sample succeeds`);
  } catch (error) {
    if (error instanceof IreeError && error.code === code) return;
    console.log(
      `failed ${given.name}: its sample: ${error}`.replaceAll("\n", " "),
    );
  }
}
