import { assertEquals, assertRejects } from "@std/assert";
import { areSteady, ShortCalls } from "../../lib/call/short_calls.ts";
import { computesAlone } from "../../lib/vm/hal_module.ts";
import { Device, HalModule, Instance, IreeError, load } from "../../mod.ts";
import { program, test } from "../support.ts";
import { waitUntil } from "../waiting.ts";

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

/** Whether a call is answered without a turn of the event loop. */
async function answersAtOnce(call: Promise<unknown>): Promise<boolean> {
  let isAnswered = false;
  call.then(() => isAnswered = true);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  const wasAtOnce = isAnswered;
  await call;
  return wasAtOnce;
}

test("Calls of one size compute the same on any thread, in any order", async () => {
  using loaded = load(served, { device: "local-sync" });
  const score = loaded.lookupFunction("score");
  const run = (at: number) => score.runAlone({ input0: [[at, 1, 0, 0]] }, 1);
  // A busy machine takes long for the first ones.
  await waitUntil(() => answersAtOnce(run(0)), "a call runs here");
  for (let at = 0; at < 50; at++) {
    // A call that has not ended uses the context, so that the next one waits.
    const other = at % 10 === 9
      ? score.run({ input0: [[1, 2, 3, at]] })
      : undefined;
    const { output0 } = await run(at);
    assertEquals(output0!.data, new Float32Array([at + 2]));
    if (other === undefined) continue;
    assertEquals((await other).output0!.data, new Float32Array([14 + 4 * at]));
  }
});

test("Only programs on local-sync compute on their own thread", () => {
  using instance = Instance.open();
  using sync = Device.create(instance, "local-sync");
  using task = Device.create(instance, "local-task");
  const mixed = Device.createGroup(instance, ["local-sync", "local-task"]);
  for (
    const [devices, expected] of [
      [[sync], true],
      [[task], false],
      [mixed, false],
    ] as const
  ) {
    using hal = HalModule.create(instance, devices);
    assertEquals(computesAlone([hal]), expected);
  }
  assertEquals(computesAlone([]), true);
  for (const device of mixed) device.dispose();
});

Deno.test("Calls are steady if their inputs are tensors of floats", () => {
  const input = (elementType: string | undefined) => ({
    ...{ name: "x", elementType, shape: [4] },
    dimensionNames: undefined,
  });
  const floats = {
    computesAlone: true,
    hasHost: false,
    argumentTypes: ["ref", "ref"],
    inputs: [input("f32"), input("bf16")],
  } as const;
  assertEquals(areSteady(floats), true);
  assertEquals(areSteady({ ...floats, computesAlone: false }), false);
  assertEquals(areSteady({ ...floats, hasHost: true }), false);
  assertEquals(areSteady({ ...floats, argumentTypes: ["ref", "i32"] }), false);
  for (const other of ["i64", "i1", "complex<f32>", undefined]) {
    const inputs = [input("f32"), input(other)];
    assertEquals(areSteady({ ...floats, inputs }), false, other);
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
