// What examples/README.md does not show: how the examples end. Its commands are run by docs_test.ts.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { serve } from "../examples/streaming_server/server.ts";
import { WorkerPool } from "../examples/worker_pool/pool.ts";
import { runtime } from "../mod.ts";
import { program, test } from "./support.ts";
import { waitUntil } from "./waiting.ts";

const heat = await program("examples/streaming_server/heat.mlir");
const score = await program("examples/worker_pool/score.mlir");

test("The streaming server releases the state of a disconnected client", async () => {
  const server = serve(heat, 0);
  await (await fetch(`${server.url}?steps=1`)).text();
  const before = runtime.statistics.liveAllocations;
  const response = await fetch(`${server.url}?steps=1000`);
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assert(new TextDecoder().decode(value).startsWith("[90,30,"));
  await reader.cancel();
  await waitUntil(
    () => runtime.statistics.liveAllocations === before,
    "the state of the stream is released",
  );
  await server.shutdown();
});

test("The streaming server rejects wrong numbers of steps", async () => {
  const server = serve(heat, 0);
  for (const steps of ["0", "1001", "1.5", "many", ""]) {
    const response = await fetch(`${server.url}?steps=${steps}`);
    assertEquals(response.status, 400, steps);
    await response.body?.cancel();
  }
  await server.shutdown();
});

Deno.test("The worker pool rejects unanswered requests when it ends", async () => {
  const pool = new WorkerPool(score, 1);
  assertEquals(
    await pool.compute(new Float32Array([1, 1, 1, 1])),
    new Float32Array([10]),
  );
  const calls = [1, 2, 3].map(() => pool.compute(new Float32Array(4)));
  const ends = Promise.allSettled(calls);
  pool[Symbol.dispose]();
  for (const { status } of await ends) assertEquals(status, "rejected");
  await assertRejects(
    () => pool.compute(new Float32Array(4)),
    Error,
    "the pool was disposed",
  );
});

Deno.test("The pool of workers fails when a worker cannot start", async () => {
  using pool = new WorkerPool("no_such.vmfb", 2);
  const calls = [1, 2, 3].map(() => pool.compute(new Float32Array(4)));
  for (const { status } of await Promise.allSettled(calls)) {
    assertEquals(status, "rejected");
  }
});
