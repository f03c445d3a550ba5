import { assertEquals, assertRejects } from "@std/assert";
import { ShortCalls } from "../../lib/call/short_calls.ts";
import { IreeError, load } from "../../mod.ts";
import { program, test } from "../support.ts";

const served = await program("served.mlir");

Deno.test("A call is short once one of its size was, on another thread", () => {
  const calls = new ShortCalls();
  assertEquals(calls.isShort(4), false);
  calls.tookElsewhere(4, 5);
  assertEquals(calls.isShort(4), false);
  calls.tookElsewhere(4, 0.2);
  assertEquals([calls.isShort(4), calls.isShort(8)], [true, false]);
});

Deno.test("Calls leave the event loop when they take long on average", () => {
  const calls = new ShortCalls();
  calls.tookElsewhere(1, 0.2);
  for (const took of [0.05, 0.05, 0.3, 0.05, 0.05]) calls.tookHere(1, took);
  assertEquals(calls.isShort(1), true, "one that took long is not the average");
  calls.tookHere(1, 2);
  assertEquals(calls.isShort(1), false);
  let elsewhere = 0;
  while (!calls.isShort(1)) {
    calls.tookElsewhere(1, 0.2);
    elsewhere++;
  }
  // The longer they took, the later one is tried again: 0.26 ms on average.
  assertEquals(elsewhere, 300);
});

Deno.test("A limited number of sizes is remembered", () => {
  const calls = new ShortCalls();
  for (let size = 0; size < 257; size++) calls.tookElsewhere(size, 0.2);
  calls.tookHere(0, 5);
  assertEquals([calls.isShort(0), calls.isShort(256)], [false, true]);
});

test("Calls of one size compute the same on any thread, in any order", async () => {
  using loaded = load(served, { device: "local-sync" });
  const score = loaded.lookupFunction("score");
  const other = [];
  for (let at = 0; at < 50; at++) {
    // A call that has not ended uses the context, so that the next one waits.
    if (at % 10 === 9) other.push(score.run({ input0: [[1, 2, 3, at]] }));
    const { output0 } = await score.runAlone({ input0: [[at, 1, 0, 0]] }, 1);
    assertEquals(output0!.data, new Float32Array([at + 2]));
  }
  for (const [at, { output0 }] of (await Promise.all(other)).entries()) {
    assertEquals(output0!.data, new Float32Array([50 + at * 40]));
  }
});

test("A short call of a released program rejects", async () => {
  const loaded = load(served, { device: "local-sync" });
  const score = loaded.lookupFunction("score");
  for (let at = 0; at < 5; at++) {
    await score.runAlone({ input0: [[at, 1, 0, 0]] }, 1);
  }
  loaded.dispose();
  await assertRejects(
    () => score.runAlone({ input0: [[1, 1, 0, 0]] }, 1),
    IreeError,
    "disposed",
  );
});
