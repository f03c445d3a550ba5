import { assert, assertEquals } from "@std/assert";
import { load, runtime } from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";
import { waitUntilLive } from "../waiting.ts";

const types = await nativeModule("fixtures/types_module.cc");
const tensors = await program("many_types.mlir");

/** Starts a worker that holds objects of every kind. */
async function startAbandoned(): Promise<Worker> {
  const url = new URL("./workers/abandon.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = reject;
  });
  worker.postMessage([types, tensors]);
  await ready;
  return worker;
}

test("A terminated worker's objects are released", async () => {
  const workers = await Promise.all([startAbandoned(), startAbandoned()]);
  assert(runtime.statistics.liveAllocations > 50);
  for (const worker of workers) worker.terminate();
  await waitUntilLive();
});

test("A worker's end does not affect objects of others", async () => {
  using loaded = load({ modules: [types, tensors] });
  const before = runtime.statistics.liveAllocations;
  const worker = await startAbandoned();
  worker.terminate();
  await waitUntilLive(before);
  assertEquals(runtime.statistics.liveAllocations, before);
  using view = loaded.call("doubled") as Disposable & { format(): string };
  assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
});
