import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type BufferView,
  type CallOptions,
  IreeError,
  List,
  load,
  type LoadedProgram,
  runtime,
} from "../../mod.ts";
import { copyToHost } from "../../lib/tooling/mod.ts";
import type { CallingMessage } from "../ownership/workers/calling.ts";
import { Latch } from "../latch.ts";
import {
  denoFlags,
  execute,
  LIBRARY,
  nativeModule,
  program,
  ROOT_URL,
  test,
} from "../support.ts";
import { waitUntilLive } from "../waiting.ts";

const syncWork = await program("sync_work.mlir");
const asyncWork = await program("async_work.mlir");
const types = await nativeModule("fixtures/types_module.cc");

/** Turns of `loop` that take long enough for other work meanwhile. */
const LONG = 20_000_000;

const open = (path: string): LoadedProgram =>
  load({ modules: [path], device: "local-task" });

/** Returns a tensor's text and disposes the tensor. */
function text(result: unknown): string {
  using view = result as BufferView;
  return view.format();
}

const identity = Float32Array.from(
  { length: 65536 },
  (_, index) => index % 257 === 0 ? 1 : 0,
);

test("Calls of a context run in order, one at a time", async () => {
  using loaded = open(syncWork);
  const count = loaded.lookupFunction("count");
  const loop = loaded.lookupFunction("loop");
  const first = loop.callAsync(LONG);
  const counted = Array.from({ length: 20 }, () => count.callAsync());
  assertEquals(await first, BigInt(LONG));
  assertEquals(
    await Promise.all(counted),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  assertEquals(count.call(), 21);
});

test("Tensors are passed as they were at the time of the call", async () => {
  using loaded = open(syncWork);
  const data = new Float32Array([1, 2, 3, 4]);
  const blocked = loaded.lookupFunction("loop").callAsync(LONG);
  const product = loaded.lookupFunction("mul").callAsync(data, data);
  data.fill(0);
  assertEquals(text(await product), "4xf32=1 4 9 16");
  await blocked;
});

test("A failing call does not affect other calls", async () => {
  using loaded = load({ modules: [types] });
  const fail = loaded.lookupFunction("fail");
  const count = loaded.lookupFunction("counter_live");
  const results = await Promise.allSettled([
    count.callAsync(),
    fail.callAsync(5),
    count.callAsync(),
  ]);
  assertEquals(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  assertEquals(
    results[1].status === "rejected" && results[1].reason.code,
    "NOT_FOUND",
  );
  await assertRejects(
    () => fail.callAsync("x" as never),
    IreeError,
    "must be i32",
  );
});

test("Wrong arguments reject and leave nothing behind", async () => {
  using loaded = open(syncWork);
  const mul = loaded.lookupFunction("mul");
  await assertRejects(() => mul.callAsync([1], [1]), IreeError, "as 4, got 1");
  await assertRejects(() => mul.callAsync(), IreeError, "expected 2");
});

test("A context rejects a second call while one is running", async () => {
  using loaded = open(syncWork);
  const count = loaded.lookupFunction("count");
  const running = loaded.lookupFunction("loop").callAsync(LONG);
  for (const use of [() => count.call(), () => loaded.context.fork()]) {
    const error = assertThrows(use, IreeError);
    assertEquals(error.code, "FAILED_PRECONDITION");
    assertStringIncludes(error.hint ?? "", "await that call");
  }
  await running;
  assertEquals(count.call(), 1);
});

test("A list that a running call may change cannot be read", async () => {
  using loaded = open(syncWork);
  using list = List.from(loaded.context.instance, [0n]);
  const turns = 5_000_000;
  const filling = loaded.lookupFunction("fill").callAsync(list, turns);
  const uses = [
    () => list.size,
    () => list.push(1),
    () => list.get(0),
    () => copyToHost(list, loaded.devices[0]),
  ];
  for (const use of uses) {
    assertEquals(assertThrows(use, IreeError).code, "FAILED_PRECONDITION");
  }
  await filling;
  assertEquals(list.toArray(), [BigInt(turns)]);
});

test("Objects can be disposed while a call uses them", async () => {
  const loaded = open(syncWork);
  const mul = loaded.lookupFunction("mul");
  const loop = loaded.lookupFunction("loop").callAsync(LONG);
  const product = mul.callAsync([1, 2, 3, 4], [2, 2, 2, 2]);
  loaded.dispose();
  assertEquals(await loop, BigInt(LONG));
  assertEquals(text(await product), "4xf32=2 4 6 8");
  await assertRejects(() => mul.callAsync([1], [1]), IreeError);
});

test("Unawaited promises leave nothing behind", async () => {
  const loaded = open(syncWork);
  const { callAsync } = loaded.lookupFunction("loop");
  const call = callAsync.bind(loaded.lookupFunction("loop"));
  for (let i = 0; i < 10; i++) call(100_000);
  const last = call(1);
  loaded.dispose();
  await last;
});

test("A call is abandoned when its signal aborts or its time is over", async () => {
  using latch = new Latch();
  using loaded = load({
    modules: [Latch.module, syncWork],
    device: "local-task",
  });
  using wait = Latch.function(loaded);
  const loop = loaded.lookupFunction("loop");
  const mul = loaded.lookupFunction("mul");
  const controller = new AbortController();
  const running = wait.with({ signal: controller.signal }).callAsync();
  const waiting = mul.with({ signal: AbortSignal.timeout(1) })
    .callAsync([1, 1, 1, 1], [1, 1, 1, 1]);
  const reason = new Error("enough");
  assertEquals(await waiting.catch(({ name }) => name), "TimeoutError");
  await latch.isReached();
  controller.abort(reason);
  assertEquals(await running.catch((error) => error), reason);
  await assertRejects(
    () => loop.with({ signal: controller.signal }).callAsync(1),
    Error,
    "enough",
  );
  for (const signal of [5, {}, "now", controller]) {
    assertThrows(
      () => loop.with({ signal: signal as AbortSignal }),
      IreeError,
      "signal must be an AbortSignal",
    );
  }
  assertThrows(() => loop.with(5 as CallOptions), IreeError, "an object");
  // The call that is already running continues unseen; the next one waits for
  // it.
  latch.open();
  assertEquals(await loop.callAsync(7), 7n);
});

test("A call whose signal aborts while its arguments are read is not made", async () => {
  for (const [path, name] of [[syncWork, "swap"], [asyncWork, "accumulate"]]) {
    using loaded = open(path);
    const keeping = loaded.lookupFunction(name);
    const controller = new AbortController();
    const { signal } = controller;
    const tensor = {
      get elementType(): "f32" {
        controller.abort(new Error("enough"));
        return "f32";
      },
      shape: [4],
      data: new Float32Array(4).fill(1),
    };
    await assertRejects(
      () => keeping.with({ signal }).callAsync(tensor),
      Error,
      "enough",
    );
    // The context does not keep the tensor.
    const kept = await keeping.callAsync([0, 0, 0, 0]);
    assertEquals(text(kept), "4xf32=0 0 0 0");
  }
});

test("A fork has its own globals", () => {
  using loaded = open(syncWork);
  loaded.call("count");
  using fork = loaded.fork();
  assertEquals([fork.call("count"), fork.call("count")], [2, 3]);
  assertEquals(loaded.call("count"), 2);
});

test("Work on a device is submitted and awaited", async () => {
  using loaded = open(asyncWork);
  const add = loaded.lookupFunction("add");
  const power = loaded.lookupFunction("power");
  assertEquals(add.isSubmittable, true);
  const submission = power.submit(identity, 200);
  await submission.finished;
  using product = submission.results as BufferView;
  assertEquals(product.toTypedArray(), identity);
  assertEquals(
    text(await add.callAsync([1, 2, 3, 4], [1, 1, 1, 1])),
    "4xf32=2 3 4 5",
  );
  assertEquals(text(add.call([1, 2, 3, 4], [1, 1, 1, 1])), "4xf32=2 3 4 5");
});

test("Submissions run in order on the device and use each other's results", async () => {
  using loaded = open(asyncWork);
  const accumulate = loaded.lookupFunction("accumulate");
  const sums = await Promise.all(
    [1, 2, 3, 4, 5].map((value) => accumulate.callAsync(Array(4).fill(value))),
  );
  assertEquals(
    sums.map(text),
    [1, 3, 6, 10, 15].map((sum) => `4xf32=${sum} ${sum} ${sum} ${sum}`),
  );
  // A synchronous call waits for asynchronous ones before it
  const slow = loaded.lookupFunction("power").submit(identity, 200);
  const ending = accumulate.submit([1, 1, 1, 1]);
  assertEquals(text(accumulate.call([1, 1, 1, 1])), "4xf32=17 17 17 17");
  await Promise.all([slow.finished, ending.finished]);
  assertEquals(text(ending.results), "4xf32=16 16 16 16");
  text(slow.results);

  const add = loaded.lookupFunction("add");
  const submissions = [add.submit([1, 1, 1, 1], [0, 0, 0, 0])];
  for (let i = 0; i < 20; i++) {
    const last = submissions[i].results as BufferView;
    submissions.push(add.submit(last, last));
  }
  await Promise.all(submissions.map(({ finished }) => finished));
  const printed = submissions.map(({ results }) => text(results));
  assertEquals(
    printed.at(-1),
    "4xf32=1.04858E+06 1.04858E+06 1.04858E+06 1.04858E+06",
  );
});

test("A function without fences waits for work submitted before it", async () => {
  using loaded = load({ modules: [asyncWork, syncWork], device: "local-task" });
  const { context } = loaded;
  using power = context.lookupFunction("power", context.modules[1]);
  using accumulate = context.lookupFunction("accumulate", context.modules[1]);
  const slow = power.submit(identity, 200);
  const sum = accumulate.submit([1, 2, 3, 4]);
  using view = sum.results as BufferView;
  assertEquals(text(loaded.call("mul", view, view)), "4xf32=1 4 9 16");
  await Promise.all([slow.finished, sum.finished]);
  text(slow.results);

  const again = power.submit(identity, 200);
  const next = accumulate.submit([1, 1, 1, 1]);
  using other = next.results as BufferView;
  assertEquals(
    text(await loaded.callAsync("mul", other, view)),
    "4xf32=2 6 12 20",
  );
  await Promise.all([again.finished, next.finished]);
  text(again.results);
});

test("A fork made while work is on the device sees its results", async () => {
  using loaded = open(asyncWork);
  const slow = loaded.lookupFunction("power").submit(identity, 200);
  const sum = loaded.lookupFunction("accumulate").submit([1, 2, 3, 4]);
  using fork = loaded.context.fork();
  using accumulate = fork.lookupFunction("async_work.accumulate");
  assertEquals(text(accumulate.call([1, 1, 1, 1])), "4xf32=2 3 4 5");
  await Promise.all([slow.finished, sum.finished]);
  for (const { results } of [slow, sum]) (results as BufferView).dispose();
});

test("A failure on the device fails only its own call", async () => {
  using loaded = open(asyncWork);
  const power = loaded.lookupFunction("power");
  const allocate = loaded.lookupFunction("allocate");
  const add = loaded.lookupFunction("add");
  const settled = await Promise.allSettled([
    power.callAsync(identity, 100),
    allocate.callAsync(1n << 45n),
    add.callAsync([1, 1, 1, 1], [1, 1, 1, 1]),
    allocate.callAsync(2),
  ]);
  assertEquals(settled.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  for (const result of settled) {
    if (result.status === "fulfilled") text(result.value);
    else assertEquals(result.reason.code, "RESOURCE_EXHAUSTED");
  }
});

test("A function without fences is not submitted", () => {
  using loaded = open(syncWork);
  const mul = loaded.lookupFunction("mul");
  assertEquals(mul.isSubmittable, false);
  const error = assertThrows(() => mul.submit([1], [1]), IreeError);
  assertEquals(error.code, "UNIMPLEMENTED");
  assertStringIncludes(
    error.hint ?? "",
    "--iree-execution-model=async-external",
  );
});

const ENDINGS: Readonly<Record<string, string>> = {
  "by Deno.exit": "Deno.exit(7);",
  "by an error": "throw new Error('the end');",
  "when all is done":
    "latch.call('open'); await running; await submitted.finished; Deno.exit(7);",
};

for (const [how, ending] of Object.entries(ENDINGS)) {
  Deno.test(`A process that ends ${how} ends cleanly while calls are running`, async () => {
    const script = `
      import { load } from "${ROOT_URL}mod.ts";
      const open = (path) => load({
        modules: [path], device: "local-task", library: ${
      JSON.stringify(LIBRARY)
    },
      });
      const latch = open(${JSON.stringify(Latch.module)});
      const running = open(${
      JSON.stringify(Latch.module)
    }).lookupFunction("wait")
        .callAsync();
      const submitted = open(${
      JSON.stringify(asyncWork)
    }).lookupFunction("power")
        .submit(new Float32Array(65536), 300);
      while (latch.call("waiting") === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      ${ending}`;
    const args = ["run", "-A", "--no-check", ...denoFlags(), "-"];
    const { code, stderr } = await execute(Deno.execPath(), args, {
      stdin: new TextEncoder().encode(script),
    });
    const fails = how === "by an error";
    assertEquals(code, fails ? 1 : 7, stderr);
    assertEquals(stderr.includes("Error: the end"), fails, stderr);
  });
}

Deno.test("A worker terminated while its calls run leaves nothing behind", async () => {
  const before = runtime.statistics.liveAllocations;
  const url = new URL("../ownership/workers/calling.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const running = new Promise((resolve) => worker.onmessage = resolve);
  const message: CallingMessage = { syncWork, asyncWork, turns: 2 * LONG };
  worker.postMessage(message);
  await running;
  worker.terminate();
  // The thread and its calls end without help.
  await waitUntilLive(before);
  assertEquals(runtime.statistics.liveAllocations, before);
});
