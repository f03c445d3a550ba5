import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { hostModule, IreeError, load } from "../../mod.ts";
import { failureOf, program, test } from "../support.ts";
import { UNUSED } from "./support.ts";

test("A program calls a function written in TypeScript", async () => {
  const given: number[][] = [];
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: (a, b) => {
        given.push([a, b]);
        return a + b;
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  assertEquals(loaded.sum(1, 2), 5);
  assertEquals(given, [[1, 2], [3, 2]]);
  assertEquals(await loaded.callAsync("sum", 10, 20), 50);
});

test("A scalar of each type comes in and goes out", async () => {
  const given: unknown[] = [];
  const host = hostModule("host", {
    ...UNUSED,
    mix: {
      types: "(i64, f32, f64, i1, i8) -> (i64, f32, f64, i1, i8)",
      call: (a, b, c, d, e) => {
        given.push(a, b, c, d, e);
        return [a + 1n, b * 2, c * 2, 1 - d, e - 1] as const;
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  const expected = [2n ** 40n + 1n, 3, 5, 0, -3];
  assertEquals(loaded.mix(2n ** 40n, 1.5, 2.5, 1, -2), expected);
  assertEquals(given, [2n ** 40n, 1.5, 2.5, 1, -2]);
  assertEquals(
    await loaded.callAsync("mix", 2n ** 40n, 1.5, 2.5, 1, -2),
    expected,
  );
});

test("A tensor arrives as an array and returns as data", async () => {
  const host = hostModule("host", {
    ...UNUSED,
    scale: {
      types: "(tensor<?xf32>, f32) -> tensor<?xf32>",
      call: (x, factor) => {
        assertEquals(x.shape, [3]);
        assertEquals(x.elementType, "f32");
        return Array.from(x.data as Float32Array, (it) => it * factor);
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  const scale = loaded.lookupFunction("scale");
  assertEquals(
    scale.compute([1, 2, 3], 10),
    new Float32Array([20, 40, 60]),
  );
  assertEquals(
    await scale.computeAsync([1, 2, 3], 10),
    new Float32Array([20, 40, 60]),
  );
});

test("The caller receives the error that a function throws", async () => {
  let thrown: unknown;
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: () => {
        throw thrown;
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  thrown = new IreeError("DATA_LOSS", "the disk is gone");
  assertStrictEquals(assertThrows(() => loaded.sum(1, 2)), thrown);
  assertStrictEquals(await failureOf(loaded.callAsync("sum", 1, 2)), thrown);
  thrown = new RangeError("too far");
  const error = assertThrows(() => loaded.sum(1, 2), IreeError);
  assertStrictEquals(error.cause, thrown);
  assertEquals(error.code, "UNKNOWN");
  const later = await failureOf(loaded.callAsync("sum", 1, 2));
  assertStrictEquals(later.cause, thrown);
});

test("Only callAsync waits for a function that returns a promise", async () => {
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: async (a, b) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return a + b;
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  assertEquals(await loaded.callAsync("sum", 1, 2), 5);
  const error = assertThrows(() => loaded.sum(1, 2), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  assertEquals(await loaded.callAsync("sum", 1, 2), 5);
});

test("Calls are answered while calls of other programs begin and end", async () => {
  const released = Promise.withResolvers<void>();
  const host = (add: (a: number, b: number) => number | Promise<number>) =>
    hostModule("host", {
      ...UNUSED,
      add: { types: "(i32, i32) -> i32", call: add },
    });
  const path = await program("host.mlir");
  using quick = load({ modules: [host((a, b) => a + b), path] });
  using other = load({ modules: [host((a, b) => a * b), path] });
  using slow = load({
    modules: [host((a, b) => released.promise.then(() => a - b)), path],
  });
  const pending = slow.callAsync("sum", 5, 1);
  const expected = quick.sum(1, 2);
  for (let round = 0; round < 20; round++) {
    const sums = await Promise.all([
      quick.callAsync("sum", 1, 2),
      other.callAsync("sum", 1, 2),
      quick.callAsync("sum", 1, 2),
    ]);
    assertEquals(sums, [expected, other.sum(1, 2), expected]);
  }
  released.resolve();
  assertEquals(await pending, await slow.callAsync("sum", 5, 1));
});

test("A program can require a minimum version of a host module", async () => {
  const path = await program("host_version.mlir");
  const describe = (version?: number) =>
    hostModule("host", {
      add: { types: "(i32, i32) -> i32", call: (a, b) => a + b },
      twice: { types: "(i32) -> i32", call: (a) => 2 * a },
    }, { version });
  for (const version of [undefined, 0, 2]) {
    const host = describe(version);
    const error = assertThrows(
      () => load({ modules: [host, path] }),
      IreeError,
    );
    assertEquals(error.code, "NOT_FOUND");
    assertEquals(
      error.detail,
      "'dependent' requires version 3 of module 'host', got version " +
        `${version ?? 0}`,
    );
    assertEquals(error.hint, "load version 3 of 'host' or a newer one");
  }
  for (const version of [3, 4, 2 ** 32 - 1]) {
    using loaded = load({ modules: [describe(version), path] });
    assertEquals(loaded.sum(1, 2), 6);
    assertEquals(loaded.mainModule.dependencies, [
      { name: "host", minimumVersion: 3, optional: false },
    ]);
  }
});
