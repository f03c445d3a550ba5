import { assert } from "@std/assert";
import { type BufferView, load, type LoadedProgram } from "../../mod.ts";
import { program, test } from "../support.ts";

const syncWork = await program("sync_work.mlir");
const asyncWork = await program("async_work.mlir");

/** The longest stall that a call may make, and how long it runs, in ms. */
const STALL = 5;
const DURATION = 2000;

/** A sanitizer makes all that a call does long. */
const SANITIZED: number = Deno.env.get("DEV_SANITIZE") ? DURATION / 4 : 0;

/**
 * What is allowed where the machine has no core to spare for the event loop. A
 * call that kept it from going on would stall it for nearly all of its time.
 */
const BUSY_STALL = DURATION / 40;

/** How often to try: a busy machine stalls everybody now and then. */
const ATTEMPTS = 5;

/** A loop that takes the longer, the more it is to do. */
type Work = (turns: number) => Promise<unknown>;

/** The longest time between two turns of the event loop during some work. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(tick, 1);
  await work();
  clearInterval(timer);
  tick();
  return longest;
}

/** How much is to be done for the work to take long enough. */
async function turnsFor(work: Work, few: number): Promise<number> {
  await work(1);
  const start = performance.now();
  await work(few);
  return Math.ceil(few * DURATION / (performance.now() - start));
}

const idle = () => new Promise((resolve) => setTimeout(resolve, DURATION));

/**
 * On a busy machine stalls are no fault of the call: the work takes the cores
 * besides, so that there the loop may stall a few times as long as by itself.
 */
async function testStall(work: Work, few: number): Promise<void> {
  const turns = await turnsFor(work, few);
  let best = Infinity;
  let allowed = Math.max(STALL, SANITIZED);
  for (let i = 0; i < ATTEMPTS && best >= allowed; i++) {
    if (i > 0) {
      allowed = Math.max(allowed, BUSY_STALL, 4 * await longestStall(idle));
    }
    best = Math.min(best, await longestStall(() => work(turns)));
  }
  const text = `the longest stall was ${best.toFixed(1)} ms`;
  assert(best < allowed, `${text}, of ${allowed.toFixed(1)} ms allowed`);
  console.log(text);
}

// On a machine of two cores the device leaves one to the event loop.
const open = (path: string): LoadedProgram =>
  load({
    modules: [path],
    device: "local-task",
    deviceOptions: { topology: { groupCount: 1 } },
  });

test("A call on another thread of two seconds hardly stalls the event loop", async () => {
  using loaded = open(syncWork);
  await testStall((turns) => loaded.callAsync("loop", turns), 10_000_000);
});

test("Work on a device of two seconds hardly stalls the event loop", async () => {
  using loaded = open(asyncWork);
  const identity = Float32Array.from(
    { length: 65536 },
    (_, index) => index % 257 === 0 ? 1 : 0,
  );
  await testStall(async (turns) => {
    const view = await loaded.callAsync("power", identity, turns);
    (view as BufferView).dispose();
  }, 100);
});
