/**
 * Calls public functions with right arguments while a prototype is changed, in
 * a process of its own, which no call may end. Calls may fail, return nothing,
 * and lose objects.
 *
 * @module
 */

import { isSampled, type PublicFunction, publicFunctions } from "./api.ts";
import { inTime } from "./in_time.ts";
import { type Pollution, pollutions } from "./pollution.ts";
import { release } from "./release.ts";
import { FAILING } from "./samples.ts";
import { isChangeInPart } from "./selection.ts";
import { type Fixtures, makeThings, type Things } from "./things.ts";

/** They start processes, servers and measurements, or need none of our memory. */
const LEFT_OUT = /^(?:benchmark|compare|ModelServer|Watchdog|compile|tune)/;

/** After these, the objects of other calls are made again. */
const ENDING = /dispose|Symbol\(|\.(?:end|adopt|drain|close|trim|clear)$/;

// A call that fails half-way may leave a rejected promise that nothing awaits, or
// a timer that fails.
addEventListener("unhandledrejection", (event) => event.preventDefault());
addEventListener("error", (event) => event.preventDefault());

const [text, only, part] = Deno.args;
const fixtures: Fixtures = JSON.parse(text!);
const changes = pollutions();
let count = 0;

for (const given of publicFunctions()) {
  if (!new RegExp(only!).test(given.name)) continue;
  if (!isSampled(given) || FAILING.has(given.name)) continue;
  if (LEFT_OUT.test(given.name)) continue;
  const included = changes.filter(({ name }) =>
    part === "all" || isChangeInPart(given.name, name)
  );
  const atOnce = ENDING.test(given.name) ? 1 : included.length;
  for (let from = 0; from < included.length;) {
    from += await callSome(given, included.slice(from, from + atOnce));
  }
}
console.log(`done ${count}`);

/** Makes calls until objects are stuck; returns how many. */
async function callSome(
  given: PublicFunction,
  included: readonly Pollution[],
): Promise<number> {
  let made = 0;
  const stack = new AsyncDisposableStack();
  try {
    const things = await makeThings(fixtures, stack);
    for (const change of included) {
      made++;
      // If the process ends early, the last line names the function and change.
      console.log(`at ${given.name}, ${change.name}`);
      await release(await call(given, things, change), things);
    }
  } catch {
    // The objects are made again.
  }
  // A request that was lost may keep a server from ending.
  await inTime(stack.disposeAsync()).catch(() => {});
  count += made;
  return made;
}

async function call(
  given: PublicFunction,
  things: Things,
  change: Pollution,
): Promise<unknown> {
  const values = given.arguments(things);
  let result: unknown;
  const undo = change.install();
  try {
    result = given.call(things, values);
  } catch {
    return undefined;
  } finally {
    undo();
  }
  // A promise that was made meanwhile may never settle.
  if (/^(?:Function|Promise)\./.test(change.name)) return undefined;
  return await inTime(Promise.resolve(result).catch(() => undefined));
}
