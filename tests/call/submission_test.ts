import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BufferView,
  IreeError,
  List,
  load,
  type LoadedProgram,
  type NdArray,
  type Submission,
  type VmRef,
} from "../../mod.ts";
import {
  compareTensors,
  storageOf,
  viewStorageBytes,
} from "../../lib/tooling/mod.ts";
import { failureOf, program, test } from "../support.ts";

const asyncWork = await program("async_work.mlir");

const syncWork = await program("sync_work.mlir");
const gate = await program("gate.mlir");

const open = (): LoadedProgram =>
  load({ modules: [asyncWork], device: "local-task" });

/** The identity matrix; multiplying by it changes nothing. */
const identity = Float32Array.from(
  { length: 65536 },
  (_, index) => index % 257 === 0 ? 1 : 0,
);

test("Reading a tensor before its submission finishes throws", async () => {
  using loaded = open();
  using other = open();
  using fork = loaded.context.fork();
  using forkedAdd = fork.lookupFunction("async_work.add");
  const add = loaded.lookupFunction("add");
  using list = List.from(loaded.context.instance, [null]);
  const slow = loaded.lookupFunction("power").submit(identity, 50);
  const sum = loaded.lookupFunction("accumulate").submit([1, 2, 3, 4]);
  using view = sum.results as BufferView;
  using matrix = slow.results as BufferView;
  assertEquals(view.shape, [4]);
  const uses: (() => unknown)[] = [
    () => view.toTypedArray(),
    () => view.toNestedArray(),
    () => view.toBytes(),
    () => view.read(new Float32Array(4)),
    () => view.write(new Float32Array(4)),
    () => view.map(),
    () => view.format(),
    () => compareTensors(view, view),
    () => storageOf(view),
    () => list.set(0, view),
    () => other.call("add", view, view),
    () => forkedAdd.call(view, view),
    () => forkedAdd.bind(view, view),
  ];
  for (const use of uses) {
    const error = assertThrows(use, IreeError, "are not available");
    assertEquals(error.code, "FAILED_PRECONDITION");
    assertStringIncludes(error.hint ?? "", "`finished`");
  }
  await assertRejects(
    () => forkedAdd.callAsync(view, view),
    IreeError,
    "are not available",
  );
  // Calls of the context run in order.
  using twice = add.call(view, view) as BufferView;
  assertEquals(twice.format(), "4xf32=2 4 6 8");
  await Promise.all([sum.finished, slow.finished]);
  assertEquals(view.format(), "4xf32=1 2 3 4");
  assertEquals(matrix.toTypedArray(), identity);
  using again = forkedAdd.call(view, view) as BufferView;
  assertEquals(again.format(), "4xf32=2 4 6 8");
});

test("Waiting calls leave Deno threads for file access", async () => {
  await withGate(async ({ loaded, other, closed, first }) => {
    const square = loaded.lookupFunction("square");
    const submissions = Array.from(
      { length: 100 },
      () => square.submit(first.results as BufferView),
    );
    // All of them wait for the gate.
    assert((await Deno.readFile(asyncWork)).length > 0);
    other.call("open", closed);
    await Promise.all([first, ...submissions].map(({ finished }) => finished));
    for (const { results } of submissions) {
      using view = results as BufferView;
      assertEquals(view.toTypedArray()[3], 256);
    }
  });
});

test("No call is submitted if reading its arguments starts another call", async () => {
  using loaded = open();
  const power = loaded.lookupFunction("power");
  let begun: Promise<unknown> | undefined;
  const tensor: NdArray = {
    get elementType(): "f32" {
      begun ??= power.callAsync(identity, 50);
      return "f32";
    },
    shape: [4],
    data: new Float32Array(4),
  };
  const accumulate = loaded.lookupFunction("accumulate");
  const error = assertThrows(() => accumulate.submit(tensor), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  (await begun as BufferView).dispose();
});

/** Work that waits for a gate, and the function that opens the gate. */
interface Gated {
  loaded: LoadedProgram;
  other: LoadedProgram;
  closed: VmRef;
  view: BufferView;
  first: Submission;
}

/** Submits work that squares a tensor into another one, once a gate is open. */
async function withGate(
  body: (gated: Gated) => Promise<void>,
): Promise<void> {
  using loaded = load({ modules: [gate], device: "local-task" });
  using other = loaded.fork();
  using closed = loaded.call("fence") as VmRef;
  const [device] = loaded.devices;
  using view = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
  using target = BufferView.from(device, new Float32Array([9, 9, 9, 9]));
  const first = loaded.lookupFunction("square_into").submit(
    view,
    target,
    closed,
  );
  using _result = first.results as BufferView;
  await body({ loaded, other, closed, view, first });
}

test("Only calls that use a result of a failed submission fail", async () => {
  await withGate(async ({ loaded, other, closed, view, first }) => {
    const square = loaded.lookupFunction("square");
    const squareNow = loaded.lookupFunction("square_now");
    const result = first.results as BufferView;
    const second = square.submit(result);
    const third = square.submit(second.results as BufferView);
    const apart = square.submit(view);
    using bound = squareNow.bind(third.results as BufferView);
    // Observed immediately: an unhandled rejection would end Deno.
    const failing = [first, second, third]
      .map(({ finished }) => failureOf(finished));
    other.call("fail", closed);
    // The device already knows of the failure; this thread does not.
    for (
      const use of [
        () => squareNow.call(third.results as BufferView),
        () => squareNow.compute(result),
        () => bound.run(),
      ]
    ) {
      const error = assertThrows(use, IreeError, "has failed");
      assertEquals(error.code, "FAILED_PRECONDITION");
    }
    using fine = squareNow.call(view) as BufferView;
    assertEquals(fine.toTypedArray(), new Float32Array([1, 4, 9, 16]));
    const called = failureOf(squareNow.callAsync(second.results as BufferView));
    const computed = failureOf(square.computeAsync(result));
    const [cause, ...failures] = await Promise.all(failing);
    assertEquals(cause.code, "INTERNAL");
    assertEquals(failures.map(({ cause }) => cause), [cause, failures[0]]);
    failures.push(await called, await computed);
    const after = square.submit(result);
    failures.push(await failureOf(after.finished));
    for (const { code } of failures) assertEquals(code, "FAILED_PRECONDITION");
    for (const { results } of [first, second, third, after]) {
      using view = results as BufferView;
      assertThrows(() => view.toTypedArray(), IreeError, "are not available");
    }
    assertThrows(() => bound.call(), IreeError, "has failed");
    await apart.finished;
    using last = apart.results as BufferView;
    assertEquals(last.toTypedArray(), new Float32Array([1, 4, 9, 16]));
  });
});

test("Every way of calling waits for the contents of a submitted result", async () => {
  await withGate(async ({ loaded, other, closed, first }) => {
    const square = loaded.lookupFunction("square");
    const second = square.submit(first.results as BufferView);
    using view = second.results as BufferView;
    const squared = new Float32Array([1, 256, 6561, 65536]);
    const squareNow = loaded.lookupFunction("square_now");
    using bound = squareNow.bind(view);
    other.call("open", closed);
    assertEquals(squareNow.compute(view), squared);
    bound.run();
    assertEquals(await squareNow.computeAsync(view), squared);
    assertEquals(await square.computeAsync(view), squared);
    await Promise.all([first.finished, second.finished]);
    using again = bound.call() as BufferView;
    assertEquals(again.toTypedArray(), squared);
  });
});

test("Contents of a returned list or buffer cannot be read before they are ready", async () => {
  await withGate(async ({ loaded, other, closed, view, first }) => {
    const listed = loaded.lookupFunction("square_in_list").submit(view);
    const stored = loaded.lookupFunction("square_storage").submit(view);
    using list = listed.results as List;
    using storage = stored.results as VmRef;
    for (
      const use of [
        () => list.get(0),
        () => list.size,
        () => list.format(),
        () => viewStorageBytes(storage),
      ]
    ) assertThrows(use, IreeError, "are not available");
    other.call("open", closed);
    await Promise.all([first, listed, stored].map(({ finished }) => finished));
    using element = list.get(0) as BufferView;
    assertEquals(element.toTypedArray(), new Float32Array([1, 4, 9, 16]));
    using bytes = viewStorageBytes(storage);
    assertEquals(bytes.byteLength, 16);
  });
});

test("A call abandoned while it waits for a thread does not run", async () => {
  using work = load({ modules: [syncWork], device: "local-sync" });
  const count = work.lookupFunction("count");
  await withGate(async ({ loaded, other, closed, view, first }) => {
    const square = loaded.lookupFunction("square");
    const submissions = Array.from({ length: 20 }, () => square.submit(view));
    const error = await assertRejects(
      () => count.with({ signal: AbortSignal.timeout(1) }).callAsync(),
      DOMException,
    );
    assertEquals(error.name, "TimeoutError");
    using accumulating = open();
    const accumulate = accumulating.lookupFunction("accumulate");
    const late = await assertRejects(
      () =>
        accumulate.with({ signal: AbortSignal.timeout(1) })
          .callAsync([1, 1, 1, 1]),
      DOMException,
    );
    assertEquals(late.name, "TimeoutError");
    other.call("open", closed);
    await Promise.all([first, ...submissions].map(({ finished }) => finished));
    for (const { results } of submissions) (results as BufferView).dispose();
    assertEquals(await count.callAsync(), 1);
    assertEquals(
      await accumulate.computeAsync([1, 1, 1, 1]),
      new Float32Array([1, 1, 1, 1]),
    );
  });
});
