import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  load,
  type VmRef,
} from "../../mod.ts";
import { program, test } from "../support.ts";

const gate = await program("gate.mlir");

test("waitIdle waits for work that waits itself", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using work = beginWork(device);
  for (const timeout of [0, 0.5, 20]) {
    const begun = performance.now();
    const error = assertThrows(
      () => device.waitIdle({ timeout }),
      IreeError,
      "still busy",
    );
    assertEquals(error.code, "DEADLINE_EXCEEDED");
    // The library reads another clock, which may run or be set differently.
    assert(performance.now() - begun >= timeout / 2);
  }
  work.open();
  device.waitIdle();
  assertEquals(work.result.format(), "4xf32=1 4 9 16");
});

test("waitIdleAsync does not block the event loop, which may end the wait", async () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using work = beginWork(device);
  const error = await assertRejects(
    () => device.waitIdleAsync({ signal: AbortSignal.timeout(5) }),
    DOMException,
  );
  assertEquals(error.name, "TimeoutError");
  const opened = new Promise<void>((resolve) =>
    setTimeout(() => {
      work.open();
      resolve();
    }, 20)
  );
  await device.waitIdleAsync();
  assertEquals(work.result.format(), "4xf32=1 4 9 16");
  await opened;
});

test("waitIdleAsync is abandoned when its signal aborts", async () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using work = beginWork(device);
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = device.waitIdleAsync({ signal });
  setTimeout(() => controller.abort(new Error("enough")), 5);
  await assertRejects(() => waiting, Error, "enough");
  await assertRejects(() => device.waitIdleAsync({ signal }), Error, "enough");
  work.open();
  await device.waitIdleAsync();
});

test("Disposing the device ends waitIdleAsync", async () => {
  using instance = Instance.open();
  const device = Device.create(instance, "local-task");
  using work = beginWork(device);
  setTimeout(() => device.dispose(), 5);
  await assertRejects(() => device.waitIdleAsync(), IreeError, "was disposed");
  work.open();
});

test("waitIdle accepts milliseconds, waitIdleAsync a signal", async () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  for (const timeout of [-1, NaN, 2 ** 31, "1" as unknown as number]) {
    assertThrows(
      () => device.waitIdle({ timeout }),
      IreeError,
      "timeout must be",
    );
  }
  for (const timeout of [0, 0.001, 1e9, Infinity]) {
    device.waitIdle({ timeout });
  }
  for (const options of [5, null] as unknown as Record<string, never>[]) {
    assertThrows(() => device.waitIdle(options), IreeError, "an object");
    await assertRejects(
      () => device.waitIdleAsync(options),
      IreeError,
      "an object",
    );
  }
  const { signal } = new AbortController();
  const withSignal = { signal } as { timeout?: number };
  assertThrows(() => device.waitIdle(withSignal), IreeError, "'signal'");
  await device.waitIdleAsync({ signal });
  const withTimeout = { timeout: 5 } as { signal?: AbortSignal };
  await assertRejects(
    () => device.waitIdleAsync(withTimeout),
    IreeError,
    "'timeout'",
  );
});

test("waitIdle waits for all work on one fence, and for what waits for it", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using stack = new DisposableStack();
  const loaded = stack.use(load({ modules: [gate], device }));
  const fence = (): VmRef => stack.use(loaded.call("fence") as VmRef);
  const begin = (view: BufferView, wait: VmRef, signal: VmRef): BufferView =>
    stack.use(loaded.call("begin", view, wait, signal) as BufferView);
  for (let round = 0; round < 20; round++) {
    const numbers = new Float32Array([1, 2, 3, round]);
    const view = stack.use(BufferView.from(device, numbers));
    const closed = fence();
    const started = Array.from({ length: 4 }, () => {
      const squared = fence();
      const square = begin(view, closed, squared);
      return [square, begin(square, squared, fence())] as const;
    });
    // Later work that waits for nothing is done before.
    const now = stack.use(loaded.call("square_now", view) as BufferView);
    assertEquals(now.toNestedArray(), [1, 4, 9, round ** 2]);
    assertThrows(() => device.waitIdle({ timeout: 0 }), IreeError, "busy");
    loaded.call("open", closed);
    device.waitIdle();
    for (const [square, fourth] of started) {
      assertEquals(square.toNestedArray(), [1, 4, 9, round ** 2]);
      assertEquals(fourth.toNestedArray(), [1, 16, 81, round ** 4]);
    }
  }
});

test("waitIdle returns when the fence that work waits for fails", async () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using work = beginWork(device);
  assertThrows(() => device.waitIdle({ timeout: 0 }), IreeError, "busy");
  work.fail();
  device.waitIdle();
  await device.waitIdleAsync();
  using next = beginWork(device);
  next.open();
  device.waitIdle();
  assertEquals(next.result.format(), "4xf32=1 4 9 16");
});

/** Work that a device has started and that continues on request. */
interface Work extends Disposable {
  readonly result: BufferView;
  open(): void;
  fail(): void;
}

function beginWork(device: Device): Work {
  using stack = new DisposableStack();
  const loaded = stack.use(load({ modules: [gate], device }));
  const closed = stack.use(loaded.call("fence") as VmRef);
  const done = stack.use(loaded.call("fence") as VmRef);
  const view = stack.use(
    BufferView.from(device, new Float32Array([1, 2, 3, 4])),
  );
  const result = stack.use(
    loaded.call("begin", view, closed, done) as BufferView,
  );
  const resources = stack.move();
  return {
    result,
    open: () => void loaded.call("open", closed),
    fail: () => void loaded.call("fail", closed),
    [Symbol.dispose]: () => resources.dispose(),
  };
}
