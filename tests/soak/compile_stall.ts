/**
 * Compiles for ten seconds in this process, and prints the event loop's
 * longest stall, beside that of an idle event loop for as long. Run by hand on an
 * otherwise idle machine:
 *
 * ```
 * ./dev deno run -A tests/soak/compile_stall.ts
 * ```
 *
 * Fails if the compile stalls the event loop for more than 20 ms longer, or takes
 * less than ten seconds.
 *
 * @module
 */

import { Compiler } from "../../lib/compiler/mod.ts";
import { SLOW } from "../compiler/support.ts";

/** Milliseconds that the stall of a compile may be longer. */
const LIMIT = 20;

/** Milliseconds that the compile takes at least. */
const DURATION = 10_000;

/** Copies of the source; a faster machine needs more. */
const COPIES = 120;

/** The longest time between two ticks of a 1 ms timer during work. */
async function longestStall(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await work;
  clearInterval(timer);
  return longest;
}

await using compiler = await Compiler.open({ isolate: false, cache: false });
await compiler.compile(SLOW);
const idle = await longestStall(
  new Promise((resolve) => setTimeout(resolve, DURATION)),
);
const source = Array.from(
  { length: COPIES },
  (_, index) => SLOW.replaceAll("@f", `@g${index}_`),
).join("");
const start = performance.now();
const stall = await longestStall(compiler.compile(source));
const took = performance.now() - start;
const seconds = (took / 1000).toFixed(1);
console.log(
  `idle ${idle.toFixed(1)} ms; a compile of ${seconds} s ${
    stall.toFixed(1)
  } ms`,
);
if (took < DURATION) {
  console.error(`the compile must take ${DURATION} ms: raise COPIES`);
  Deno.exit(1);
}
if (stall > idle + LIMIT) Deno.exit(1);
