import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { IreeError, load } from "../../mod.ts";
import { Pool, QueueFullError } from "../../lib/serve/mod.ts";
import { failureOf, program, test } from "../support.ts";

const served = await program("served.mlir");

/** Work that ends when the test wants. */
function gate(): { work: () => Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, open: resolve };
}

test("A pool runs as many requests as it has instances, and some wait", async () => {
  using program = load(served);
  using pool = Pool.of(program, {
    function: "score",
    instances: 2,
    maxQueue: 4,
  });
  const calls = Array.from(
    { length: 10 },
    (_, at) => pool.run({ input0: [[at, 0, 0, 0]] }),
  );
  const ends = await Promise.allSettled(calls);
  assertEquals(ends.map(({ status }) => status), [
    ...Array(6).fill("fulfilled"),
    ...Array(4).fill("rejected"),
  ]);
  assertEquals((await calls[5]).output0.data, new Float32Array([5]));
  await assertRejects(
    () => calls[6],
    QueueFullError,
    "the queue is full: 4 requests wait",
  );
  const { instances, running, waiting, completed, rejected } = pool.statistics;
  assertEquals(
    { instances, running, waiting, completed, rejected },
    { instances: 2, running: 0, waiting: 0, completed: 6, rejected: 4 },
  );
});

test("Requests of a pool begin in the order in which they came", async () => {
  using program = load(served);
  using pool = Pool.of(program, { function: "score" });
  const order: number[] = [];
  const first = gate();
  const all = [pool.use(first.work)];
  for (const at of [1, 2, 3]) {
    all.push(pool.use(() => void order.push(at)));
  }
  assertEquals(pool.statistics.waiting, 3);
  first.open();
  await Promise.all(all);
  assertEquals(order, [1, 2, 3]);
});

test("A request that is aborted while it waits frees its place", async () => {
  using program = load(served);
  using pool = Pool.of(program, { function: "score", maxQueue: 1 });
  const first = gate();
  const running = pool.use(first.work);
  const controller = new AbortController();
  const waiting = pool.use(() => {}, { signal: controller.signal });
  await assertRejects(() => pool.use(() => {}), QueueFullError);
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await assertRejects(() => waiting), reason);
  const next = pool.use(() => "next");
  first.open();
  await running;
  assertEquals(await next, "next");
  assertEquals(pool.statistics.aborted, 1);
});

test("An aborted request keeps its instance until its work has ended", async () => {
  using program = load(served);
  using pool = Pool.of(program, { function: "score" });
  const first = gate();
  const controller = new AbortController();
  const running = pool.use(first.work, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => running, Error, "enough");
  let hasBegun = false;
  const next = pool.use(() => {
    hasBegun = true;
  });
  await Promise.resolve();
  assertEquals([hasBegun, pool.hasIdle], [false, false]);
  first.open();
  await next;
  assertEquals(hasBegun, true);
});

test("Work that fails gives its instance back", async () => {
  using program = load(served);
  using pool = Pool.of(program, { function: "checked", maxQueue: 0 });
  const wrong = await failureOf(pool.run({ input0: new Int32Array([-1]) }));
  assertEquals(wrong.code, "FAILED_PRECONDITION");
  const { output0 } = await pool.run({ input0: new Int32Array([4]) });
  assertEquals(output0.data, new Int32Array([8]));
  assertEquals(pool.statistics.failed, 1);
});

test("A drained pool answers the requests it has accepted, and no others", async () => {
  using program = load(served);
  const pool = Pool.of(program, { function: "score", instances: 2 });
  const calls = [1, 2, 3].map((it) => pool.run({ input0: [[it, 0, 0, 0]] }));
  const drained = pool.drain();
  assertEquals((await failureOf(pool.use(() => {}))).code, "UNAVAILABLE");
  const answers = await Promise.all(calls);
  assertEquals(answers.map(({ output0 }) => output0.data[0]), [1, 2, 3]);
  await drained;
});

test("A disposed pool rejects the requests that wait", async () => {
  using program = load(served);
  const pool = Pool.of(program, { function: "score" });
  const first = gate();
  const running = pool.use(first.work);
  const waiting = pool.use(() => {});
  pool.dispose();
  pool.dispose();
  assertEquals((await failureOf(waiting)).code, "UNAVAILABLE");
  first.open();
  await running;
});

test("A pool rejects what it cannot run", () => {
  using program = load(served);
  const messages = [
    () => Pool.of(program),
    () => Pool.of(program, { function: "none" }),
    () => Pool.of(program, { function: "score", instances: 0 }),
    () => Pool.of(program, { function: "score", maxQueue: -1 }),
    () => new Pool([]),
    () => new Pool(["score"] as never),
    () => Pool.of({} as never),
  ].map((make) => assertThrows(make, IreeError).detail);
  assertEquals(messages, [
    "function must be given: the program has 5 functions",
    "no function 'none' exported by module 'served'",
    "instances must be an integer from 1 to 1024, got 0",
    "maxQueue must be an integer from 0 to 1000000, got -1",
    "functions must be at least one function, got none",
    "functions must be an array of functions, got a string",
    "program must be a loaded program, got an object",
  ]);
});
