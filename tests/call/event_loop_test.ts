// The event loop during calls. The bench measures how long it stalls; here
// calls wait for events that only the event loop can deliver.

import { assertEquals } from "@std/assert";
import { BufferView, load, type VmRef } from "../../mod.ts";
import { Latch } from "../latch.ts";
import { program, test } from "../support.ts";
import { waitTurns } from "../waiting.ts";

const gate = await program("gate.mlir");

test("The event loop turns while a call runs on another thread", async () => {
  using latch = new Latch();
  using loaded = load({ modules: [Latch.module] });
  const waiting = loaded.lookupFunction("wait").callAsync();
  await latch.isReached();
  await waitTurns();
  latch.open();
  assertEquals(await waiting, undefined);
});

test("The event loop turns while several calls run on other threads", async () => {
  using latch = new Latch();
  const programs = Array.from(
    { length: 3 },
    () => load({ modules: [Latch.module] }),
  );
  const calls = programs.map((it) => it.lookupFunction("wait").callAsync());
  await latch.isReached(calls.length);
  await waitTurns();
  latch.open();
  await Promise.all(calls);
  for (const loaded of programs) loaded.dispose();
});

test("The event loop turns while work waits on a device", async () => {
  using loaded = load({ modules: [gate], device: "local-task" });
  using other = loaded.fork();
  using closed = loaded.call("fence") as VmRef;
  const [device] = loaded.devices;
  using view = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
  using target = BufferView.from(device, new Float32Array(4));
  const call = loaded.lookupFunction("square_into")
    .callAsync(view, target, closed);
  await waitTurns();
  other.call("open", closed);
  using result = await call as BufferView;
  assertEquals(result.toTypedArray(), new Float32Array([1, 4, 9, 16]));
});
