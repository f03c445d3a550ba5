import { assert } from "@std/assert";
import { Compiler } from "../../lib/compiler/mod.ts";
import { test } from "../support.ts";
import { COMPILER, SLOW } from "./support.ts";

/** Milliseconds of CPU time that the event loop's thread has used. */
function cpuTime(): number {
  const stat = Deno.readTextFileSync("/proc/thread-self/schedstat");
  return Number(stat.split(" ")[0]) / 1e6;
}

// Waiting for a core, which the compiler's threads use, is not counted.
test("A compile in this process uses the event loop's thread for less than 20 ms at a time", async () => {
  const options = { isolate: false, cache: false, library: COMPILER };
  await using compiler = await Compiler.open(options);
  let turns = 0;
  let longest = 0;
  const start = cpuTime();
  let last = start;
  const timer = setInterval(() => {
    const now = cpuTime();
    longest = Math.max(longest, now - last);
    last = now;
    turns++;
  }, 1);
  await compiler.compile(SLOW);
  clearInterval(timer);
  assert(turns > 10, `${turns} turns`);
  assert(cpuTime() > start, "not this thread's time");
  assert(longest < 20, `${longest} ms`);
});
