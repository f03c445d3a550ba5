/**
 * Makes calls with known results while a prototype is changed, in a process of
 * its own. Prints calls that return another result. Failing, and returning
 * nothing, is allowed.
 *
 * @module
 */

import { Instance, load } from "../../mod.ts";
import { type Pollution, pollutions } from "./pollution.ts";
import { CALLS, type Objects, type Programs } from "./pollution_calls.ts";

const [text, only = ""] = Deno.args;
const programs: Programs = JSON.parse(text!);
let count = 0;

using instance = Instance.open();
using mul = load({ modules: [programs.mul], device: "local-sync" });
using arithmetic = load({ modules: [programs.arithmetic] });
const objects = { programs, instance, mul, arithmetic };

const unchanged = { name: "nothing", install: () => () => {} };
for (const change of [unchanged, ...pollutions()]) {
  if (!change.name.includes(only)) continue;
  // If the process ends early, the last line names the change and the call.
  for (const { name, expected, make } of CALLS) {
    if (name === "computeAsync" && mayNotSettle(change)) continue;
    console.log(`at ${change.name}, ${name}`);
    const problem = await attempt(make, expected, change);
    if (problem !== undefined) {
      console.log(`failed ${change.name}, ${name}: ${problem}`);
    }
    count++;
  }
}
console.log(`done ${count}`);

// Without these methods, Deno settles no promise of a native function.
function mayNotSettle({ name }: Pollution): boolean {
  return name.startsWith("Function.");
}

async function attempt(
  make: (objects: Objects) => unknown,
  expected: string,
  change: Pollution,
): Promise<string | undefined> {
  const undo = change.install();
  let result: unknown;
  try {
    result = make(objects);
  } catch (error) {
    result = Promise.reject(error);
  } finally {
    undo();
  }
  try {
    result = await result;
  } catch (error) {
    return change === unchanged ? String(error) : undefined;
  }
  // No result is not a wrong one.
  if ((result ?? null) === null && change !== unchanged) return undefined;
  const actual = String(result);
  return actual === expected
    ? undefined
    : `expected ${expected}, got ${actual}`;
}
