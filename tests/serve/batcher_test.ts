import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { IreeError, load, type NdArray } from "../../mod.ts";
import { Batcher, QueueFullError } from "../../lib/serve/mod.ts";
import { failureOf, program, test } from "../support.ts";

const served = await program("served.mlir");

const row = (value: number) => ({ input0: [[value, 0, 0, 0]] });

const numbers = (it: Record<string, NdArray>) =>
  Array.from(it.output0.data as Float32Array);

test("Requests of one turn are one call, up to the maximum size", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, {
    function: "score",
    maxSize: 64,
    maxQueue: 100,
  });
  const answers = Array.from({ length: 100 }, (_, at) => batcher.run(row(at)));
  assertEquals(
    (await Promise.all(answers)).flatMap(numbers),
    Array.from({ length: 100 }, (_, at) => at),
  );
  const { batches, completed } = batcher.statistics;
  assertEquals([...batches, completed], [[64, 1], [36, 1], 100]);
});

test("After a call for several, requests of one turn wait for its end", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, { function: "score", maxSize: 64 });
  const one = async (value: number, microtasks: number) => {
    for (let at = 0; at < microtasks; at++) await Promise.resolve();
    return await batcher.run(row(value));
  };
  await Promise.all([one(1, 0), one(2, 0)]);
  const answers = await Promise.all([one(3, 0), one(4, 20), one(5, 40)]);
  assertEquals(answers.flatMap(numbers), [3, 4, 5]);
  assertEquals([...batcher.statistics.batches], [[2, 1], [3, 1]]);
});

test("Requests with several rows get their own, with the shape of one", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, { function: "add", maxSize: 4 });
  const matrix = (...values: number[]): NdArray => ({
    elementType: "i32",
    shape: [values.length / 2, 2],
    data: new Int32Array(values),
  });
  const [one, other, wide] = await Promise.all([
    batcher.run({ a: matrix(1, 2, 3, 4), b: matrix(10, 20, 30, 40) }),
    batcher.run({ a: matrix(5, 6), b: matrix(1, 1) }),
    batcher.run({
      a: { elementType: "i32", shape: [1, 1], data: new Int32Array([7]) },
      b: { elementType: "i32", shape: [1, 1], data: new Int32Array([8]) },
    }),
  ]);
  assertEquals(one.sum, matrix(11, 22, 33, 44));
  assertEquals(one.difference, matrix(-9, -18, -27, -36));
  assertEquals(other.sum, matrix(6, 7));
  assertEquals(wide.sum.data, new Int32Array([15]));
  // Rows of other widths are other calls.
  assertEquals([...batcher.statistics.batches], [[3, 1], [1, 1]]);
});

test("Calls are padded to the declared number of rows, or to given ones", async () => {
  using program = load(served);
  using four = Batcher.of(program, { function: "four" });
  const pair = { input0: [[1, 2], [3, 4]] };
  const [one, other] = await Promise.all([
    four.run(pair),
    four.run({
      input0: [[5, 6]],
    }),
  ]);
  assertEquals(one.output0.shape, [2, 2]);
  assertEquals(numbers(one), [2, 4, 6, 8]);
  assertEquals(numbers(other), [10, 12]);
  using sized = Batcher.of(program, { function: "score", sizes: [8, 2] });
  assertEquals(sized.maxSize, 8);
  assertEquals(numbers(await sized.run(row(3))), [3]);
});

test("A failing request does not fail the requests joined with it", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, { function: "checked" });
  const ends = await Promise.allSettled(
    [1, -2, 3].map((it) => batcher.run({ input0: new Int32Array([it]) })),
  );
  assertEquals(
    ends.map((it) => it.status === "fulfilled" ? numbers(it.value) : "failed"),
    [[2], "failed", [6]],
  );
  const { completed, failed } = batcher.statistics;
  assertEquals([completed, failed], [2, 1]);
});

test("Requests that do not fit are rejected before they join others", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, { function: "add", maxSize: 2 });
  const good = batcher.run({ a: [[1]], b: [[2]] });
  const wrong = [
    { a: [[1]] },
    { a: [[1]], b: [[1]], c: [[1]] },
    { a: [[1], [2]], b: [[1]] },
    { a: [[1], [2], [3]], b: [[1], [2], [3]] },
    { a: [[0.5]], b: [[1]] },
    { a: new Int32Array(0), b: [[1]] },
  ];
  const messages: string[] = [];
  for (const it of wrong) {
    const { code, detail } = await failureOf(batcher.run(it as never));
    assertEquals(code, "INVALID_ARGUMENT");
    messages.push(detail);
  }
  assertEquals(messages.slice(0, 4), [
    "input 'b' is missing",
    "'add' has no input 'c'; it has 'a', 'b'",
    "input 'b' must have 2 rows, as 'a' has, got 1",
    "a request must have at most 2 rows, got 3",
  ]);
  assertEquals((await good).sum.data, new Int32Array([3]));
});

test("A batch waits for more requests, but not when it is full", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, {
    function: "score",
    maxSize: 2,
    maxDelay: 60_000,
  });
  const one = batcher.run(row(1));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(batcher.statistics.waiting, 1);
  assertEquals(numbers(await batcher.run(row(2))), [2]);
  assertEquals(numbers(await one), [1]);
  assertEquals([...batcher.statistics.batches], [[2, 1]]);
  // What waits is answered when the batcher is drained.
  const last = batcher.run(row(3));
  await batcher.drain();
  assertEquals(numbers(await last), [3]);
  assertEquals((await failureOf(batcher.run(row(4)))).code, "UNAVAILABLE");
});

test("An aborted request leaves its batch", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, { function: "score", maxSize: 4 });
  const controller = new AbortController();
  const { signal } = controller;
  const [one, other] = [batcher.run(row(1)), batcher.run(row(2), { signal })];
  controller.abort(new Error("enough"));
  await assertRejects(() => other, Error, "enough");
  assertEquals(numbers(await one), [1]);
  assertEquals([...batcher.statistics.batches], [[1, 1]]);
  assertEquals(batcher.statistics.aborted, 1);
});

test("Requests beyond the queue are rejected", async () => {
  using program = load(served);
  using batcher = Batcher.of(program, {
    function: "score",
    maxSize: 2,
    maxQueue: 3,
  });
  const calls = Array.from({ length: 8 }, (_, at) => batcher.run(row(at)));
  const ends = await Promise.allSettled(calls);
  assertEquals(ends.map(({ status }) => status), [
    ...Array(5).fill("fulfilled"),
    ...Array(3).fill("rejected"),
  ]);
  await assertRejects(() => calls[5], QueueFullError);
});

test("Functions whose rows cannot be joined are rejected", () => {
  using program = load(served);
  const messages = [
    () => Batcher.of(program, { function: "scale" }),
    () => Batcher.of(program, { function: "four", sizes: [2] }),
    () => Batcher.of(program, { function: "four", maxSize: 5 }),
    () => Batcher.of(program, { function: "score", maxDelay: -1 }),
  ].map((make) => assertThrows(make, IreeError).detail);
  assertEquals(messages, [
    "requests of 'scale' cannot be joined: input 'input1' has no first dimension",
    "sizes must be [4], the declared number of rows, got 2",
    "maxSize must be an integer from 1 to 4, got 5",
    "maxDelay must be milliseconds up to 60000, got the number -1",
  ]);
});
