import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type BufferView,
  IreeError,
  List,
  load,
  type LoadedProgram,
  type TypedArray,
} from "../../mod.ts";
import { Latch } from "../latch.ts";
import { nativeModule, program, test } from "../support.ts";
import { waitTurns, waitUntilLive } from "../waiting.ts";

const syncWork = await program("sync_work.mlir");
const asyncWork = await program("async_work.mlir");
const unreadable = await program("unreadable.mlir");
const unreadableAsync = await program(
  "unreadable.mlir",
  ["--iree-execution-model=async-external"],
);
const inline = await program("inline_static.mlir");
const types = await nativeModule("fixtures/types_module.cc");

const four = (value: number) => new Float32Array(4).fill(value);

for (const device of ["local-sync", "local-task"]) {
  test(`compute accepts arrays and returns new arrays, on ${device}`, () => {
    using loaded = load({ modules: [syncWork], device });
    const mul = loaded.lookupFunction("mul");
    const product = mul.compute(four(3), four(2));
    assertEquals(product, four(6));
    assert(mul.compute(four(1), [1, 2, 3, 4]) !== product);
    assertEquals(loaded.lookupFunction("same").compute(four(5)), [four(5), 7]);
    assertEquals(loaded.lookupFunction("count").compute(), 1);
  });

  test(`Results are written into existing arrays, on ${device}`, () => {
    using loaded = load({ modules: [syncWork], device });
    const mul = loaded.lookupFunction("mul");
    const target = four(0);
    for (let i = 1; i <= 3; i++) {
      const product = mul.with({ into: [target] }).compute(four(i), four(2));
      assert(product === target);
      assertEquals(target, four(2 * i));
    }
    const same = loaded.lookupFunction("same");
    assertEquals(same.with({ into: [target, undefined] }).compute(four(9)), [
      target,
      7,
    ]);
    assertEquals(target, four(9));
    assertEquals(same.with({ into: [undefined, undefined] }).compute(four(1)), [
      four(1),
      7,
    ]);
  });

  test(`A tensor that a program keeps is not refilled, on ${device}`, () => {
    using loaded = load({ modules: [syncWork], device });
    const swap = loaded.lookupFunction("swap");
    const sequence = [1, 2, 3, 4].map((value) => swap.compute(four(value)));
    assertEquals(sequence, [four(0), four(1), four(2), four(3)]);
    using first = swap.call(four(5)) as BufferView;
    using second = swap.call(four(6)) as BufferView;
    assertEquals(first.toTypedArray(), four(4));
    assertEquals(second.toTypedArray(), four(5));
    const same = loaded.lookupFunction("same");
    const results = [7, 8, 9].map((value) =>
      (same.call(four(value)) as [BufferView, number])[0]
    );
    assertEquals(results.map((it) => it.toTypedArray()[0]), [7, 8, 9]);
    for (const view of results) view.dispose();
  });
}

test("Programs without a device and functions with fences compute too", () => {
  using plain = load({ modules: [inline] });
  assertEquals(plain.lookupFunction("mul").compute(four(2), four(4)), four(8));
  using fenced = load({ modules: [asyncWork] });
  const add = fenced.lookupFunction("add");
  assertEquals(add.compute(four(2), four(4)), four(6));
  assertEquals(add.compute(four(3), four(4)), four(7));
});

test("Results that are not tensors are returned as by call", () => {
  using loaded = load({ modules: [types] });
  assertEquals(loaded.lookupFunction("nothing").compute(), undefined);
  assertEquals(loaded.lookupFunction("make_null").compute(), null);
  using list = loaded.lookupFunction("make_list").compute() as unknown as
    & Disposable
    & { size: number };
  assert(list.size > 0);
  const view = loaded.lookupFunction("make_buffer_view").compute();
  assertEquals(ArrayBuffer.isView(view), true);
});

test("Arrays that do not fit a result are rejected", () => {
  using loaded = load({ modules: [syncWork] });
  const mul = loaded.lookupFunction("mul");
  const refusal = (targets: unknown) =>
    assertThrows(
      () =>
        mul.with({ into: targets as TypedArray[] }).compute(four(1), four(1)),
      IreeError,
    ).message;
  assertStringIncludes(
    refusal([new Float64Array(4)]),
    "Float32Array, got Float64Array",
  );
  assertStringIncludes(
    refusal([new Float32Array(5)]),
    "must have 16 bytes, got 20",
  );
  assertStringIncludes(refusal([[0, 0, 0, 0]]), "Float32Array, got an array");
  assertStringIncludes(refusal([]), "each of the 1 results");
  assertStringIncludes(refusal(four(0)), "an object of arrays");
  const same = loaded.lookupFunction("same");
  assertStringIncludes(
    assertThrows(
      () => same.with({ into: [four(0), four(0)] }).compute(four(1)),
      IreeError,
    ).message,
    "result 1 of 'same': it is not a tensor",
  );
  const lying = four(0);
  Object.defineProperty(lying, "byteLength", { value: 4000 });
  const product = mul.with({ into: [lying] }).compute(four(2), four(2));
  assert(product === lying);
});

test("Code that runs while targets are read changes no result", () => {
  using loaded = load({ modules: [syncWork] });
  const count = loaded.lookupFunction("count");
  const targets = new Proxy([undefined], {
    get(array, key, receiver) {
      if (key === "0") { for (let i = 0; i < 10; i++) count.compute(); }
      return Reflect.get(array, key, receiver);
    },
  });
  assertEquals(count.with({ into: targets }).compute(), 11);
  assertEquals(count.compute(), 12);
});

const open = (...modules: string[]): LoadedProgram =>
  load({ modules, device: "local-task" });

test("computeAsync copies arrays off the event loop, in order of the calls", async () => {
  using latch = new Latch();
  using loaded = open(Latch.module, syncWork);
  using wait = Latch.function(loaded);
  const mul = loaded.lookupFunction("mul");
  const data = four(3);
  const blocked = wait.computeAsync();
  const product = mul.computeAsync(data, [1, 2, 3, 4]);
  data.fill(0);
  await latch.isReached();
  await waitTurns();
  latch.open();
  assertEquals(await product, new Float32Array([3, 6, 9, 12]));
  assertEquals(await blocked, undefined);
  const swap = loaded.lookupFunction("swap");
  const sequence = [1, 2, 3].map((value) => swap.computeAsync(four(value)));
  assertEquals(await Promise.all(sequence), [four(0), four(1), four(2)]);
  const same = loaded.lookupFunction("same");
  assertEquals(await same.computeAsync(four(5)), [four(5), 7]);
});

test("Tensors of functions with fences are copied once they are ready", async () => {
  using loaded = open(asyncWork);
  const power = loaded.lookupFunction("power");
  const identity = Float32Array.from(
    { length: 65536 },
    (_, index) => index % 257 === 0 ? 1 : 0,
  );
  const halved = identity.map((value) => value / 2);
  const slow = power.computeAsync(halved, 100);
  const accumulate = loaded.lookupFunction("accumulate");
  const sums = [1, 2, 3].map((it) => accumulate.computeAsync(four(it)));
  assertEquals(await slow, identity.map((value) => value / 2 ** 101));
  assertEquals(await Promise.all(sums), [four(1), four(3), four(6)]);
  const allocate = loaded.lookupFunction("allocate");
  const settled = await Promise.allSettled([
    accumulate.computeAsync(four(1)),
    allocate.computeAsync(1n << 45n),
    accumulate.computeAsync(four(1)),
  ]);
  assertEquals(
    settled.map((it) => it.status === "fulfilled" ? it.value : it.reason.code),
    [four(7), "RESOURCE_EXHAUSTED", four(8)],
  );
});

test("Asynchronous results that are not tensors are returned as by call", async () => {
  using loaded = open(types);
  const compute = (name: string) => loaded.lookupFunction(name).computeAsync();
  assertEquals(await compute("nothing"), undefined);
  assertEquals(await compute("make_null"), null);
  using list = await compute("make_list") as List;
  assert(list instanceof List);
  assert(ArrayBuffer.isView(await compute("make_buffer_view")));
});

test("A computation is abandoned when its signal aborts or its time is over", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  for (const [path, quick] of [[syncWork, "mul"], [asyncWork, "add"]]) {
    using latch = new Latch();
    const loaded = open(Latch.module, path);
    using wait = Latch.function(loaded);
    const short = loaded.lookupFunction(quick);
    const settled = await Promise.allSettled([
      wait.with({ signal: AbortSignal.timeout(5) }).computeAsync(),
      short.with({ signal: AbortSignal.timeout(1) })
        .computeAsync(four(1), four(1)),
      short.with({ signal }).computeAsync(four(1), four(1)),
    ]);
    assertEquals(
      settled.map((it) => it.status === "rejected" && it.reason.name),
      ["TimeoutError", "TimeoutError", "Error"],
    );
    // The call that is already running continues unseen; the next one waits for
    // it.
    latch.open();
    const last = await short.computeAsync(four(2), four(2));
    assertEquals(last, four(4));
    loaded.dispose();
  }
  await waitUntilLive();
});

test("A later result that cannot be read leaves nothing behind", async () => {
  for (const path of [unreadable, unreadableAsync]) {
    using loaded = open(path);
    const both = loaded.lookupFunction("list_and_opaque");
    const input = { elementType: "f32", shape: [4], data: four(1) } as const;
    const message =
      "result 1 of 'list_and_opaque' has elements without an array class";
    assertThrows(() => both.compute(input), IreeError, message);
    await assertRejects(() => both.computeAsync(input), IreeError, message);
    await assertRejects(() => both.computeAsync(), IreeError, "expected 1");
    const [list, view] = await both.callAsync(input) as [List, BufferView];
    assertEquals([list.size, view.shape], [0, [4]]);
    list.dispose();
    view.dispose();
  }
});
