// Calls that end while a function of theirs has not.

import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type BufferView,
  hostModule,
  type HostModuleDescription,
  load,
  type LoadedProgram,
} from "../../mod.ts";
import { program, test } from "../support.ts";
import { UNUSED } from "./support.ts";

/** A module whose fenced function settles as `settle` does. */
function fenced(
  settle: (value: number, signal: AbortSignal | undefined) => Promise<number>,
): HostModuleDescription {
  return hostModule("host", {
    fetch: {
      types: "(tensor<?xf32>) -> tensor<?xf32>",
      fences: true,
      shapes: (input) => [input],
      call: async (x, { signal }) => [await settle(Number(x.data[0]), signal)],
    },
  });
}

/** A module with the function `add`, and others that are not called. */
function adding(
  add: (
    a: number,
    b: number,
    signal: AbortSignal | undefined,
  ) => number | Promise<number>,
): HostModuleDescription {
  return hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: (a, b, { signal }) => add(a, b, signal),
    },
  });
}

const never = new Promise<never>(() => {});

/** Resolves to what a promise rejects with. */
function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "it resolved", (error: unknown) => error);
}

test("An abort ends a call whose function with fences has not settled", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const called = Promise.withResolvers<AbortSignal | undefined>();
  let hangs = true;
  const host = fenced((it, signal) => {
    called.resolve(signal);
    return hangs ? never : Promise.resolve(it);
  });
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const main = loaded.lookupFunction("main");
  const failure = rejectionOf(main.with({ signal }).computeAsync([1]));
  assertStrictEquals(await called.promise, signal);
  controller.abort(new RangeError("no longer needed"));
  assertStrictEquals(await failure, signal.reason);
  // The context works afterwards.
  hangs = false;
  assertEquals(await main.computeAsync([2]), new Float32Array([8]));
});

test("A function with fences that settles after the abort changes nothing", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const called = Promise.withResolvers<void>();
  const late = Promise.withResolvers<number>();
  let first = true;
  const host = fenced((it) => {
    called.resolve();
    if (!first) return Promise.resolve(it);
    first = false;
    return late.promise;
  });
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const main = loaded.lookupFunction("main");
  const failure = rejectionOf(main.with({ signal }).computeAsync([1]));
  await called.promise;
  controller.abort();
  assertStrictEquals(await failure, signal.reason);
  late.resolve(1000);
  assertEquals(await main.computeAsync([2]), new Float32Array([8]));
});

test("An abort ends one call of a chain, and the others follow", async () => {
  const controllers = [1, 2, 3].map(() => new AbortController());
  const called = Promise.withResolvers<void>();
  const received: number[] = [];
  const host = adding((a, b) => {
    received.push(a);
    if (a !== 1) return Promise.resolve(a + b);
    called.resolve();
    return never;
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  const sum = loaded.lookupFunction("sum");
  const calls = controllers.map(({ signal }, at) =>
    sum.with({ signal }).callAsync(at + 1, 10)
      .then((it) => it, (error: unknown) => error)
  );
  await called.promise;
  // The first one runs, and the second one waits for it.
  controllers[1].abort(new RangeError("second"));
  assertStrictEquals(await calls[1], controllers[1].signal.reason);
  controllers[0].abort(new RangeError("first"));
  assertStrictEquals(await calls[0], controllers[0].signal.reason);
  assertEquals(await calls[2], 23);
  assertEquals(received, [1, 3, 13]);
});

test("An abort reaches the programs that functions wait for", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const called = Promise.withResolvers<void>();
  let hangs = true;
  const path = await program("host.mlir");
  using stack = new DisposableStack();
  let inner: LoadedProgram | undefined;
  for (let depth = 0; depth < 4; depth++) {
    const next = inner;
    const host = adding(async (a, b, signal) => {
      if (next !== undefined) {
        return Number(
          await next.lookupFunction("sum").with({ signal }).callAsync(a, b),
        );
      }
      called.resolve();
      return hangs ? await never : a + b;
    });
    inner = stack.use(load({ modules: [host, path] })) as LoadedProgram;
  }
  const sum = inner!.lookupFunction("sum");
  const failure = rejectionOf(sum.with({ signal }).callAsync(1, 2));
  await called.promise;
  controller.abort(new RangeError("all of them"));
  assertStrictEquals(await failure, signal.reason);
  hangs = false;
  assertEquals(await sum.callAsync(1, 0), 1);
});

test("Submissions that follow an aborted call fail or succeed on their own", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const called = Promise.withResolvers<void>();
  const host = fenced((it) => {
    if (it !== 2) return Promise.resolve(it);
    called.resolve();
    return never;
  });
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const main = loaded.lookupFunction("main");
  const first = rejectionOf(main.with({ signal }).callAsync([1]));
  await called.promise;
  const second = main.callAsync([10]);
  controller.abort();
  assertStrictEquals(await first, signal.reason);
  using view = await second as BufferView;
  assertEquals(view.toTypedArray(), new Float32Array([40]));
  using third = await main.callAsync(view) as BufferView;
  assertEquals(third.toTypedArray(), new Float32Array([160]));
});
