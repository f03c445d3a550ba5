import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { hostModule, IreeError, load } from "../../mod.ts";
import { failureOf, program, test } from "../support.ts";
import "./support.ts";

function fetching(change: (it: number) => number | Promise<number>) {
  return hostModule("host", {
    fetch: {
      types: "(tensor<?xf32>) -> tensor<?xf32>",
      fences: true,
      shapes: (input) => [input],
      call: async (x) => {
        const changed: number[] = [];
        for (const it of x.data as Float32Array) changed.push(await change(it));
        return changed;
      },
    },
  });
}

test("A program awaits a promise in the middle of work on the device", async () => {
  const host = fetching((it) =>
    new Promise((resolve) => setTimeout(() => resolve(it + 1), 1))
  );
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const main = loaded.lookupFunction("main");
  const [a, b] = await Promise.all([
    main.computeAsync([1, 2]),
    main.computeAsync([10]),
  ]);
  assertEquals([a, b], [new Float32Array([6, 10]), new Float32Array([42])]);
});

test("A program continues while a promise is pending", async () => {
  const both = Promise.withResolvers<void>();
  const given: number[] = [];
  // The first one settles only after the program has called the second one.
  const host = fetching(async (it) => {
    given.push(it);
    if (given.length === 2) both.resolve();
    await both.promise;
    return it + 1;
  });
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const result = await loaded.lookupFunction("both").computeAsync([1], [10]);
  assertEquals(result, new Float32Array([14]));
  assertEquals(given.sort(), [10, 2]);
});

test("A rejection fails the fence", async () => {
  const thrown = new IreeError("DATA_LOSS", "the answer was cut off");
  const host = fetching(() => Promise.reject(thrown));
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const error = await failureOf(
    loaded.lookupFunction("main").computeAsync([1]),
  );
  assertStrictEquals(error, thrown);
});

test("A blocking call of a function with fences rejects promises", async () => {
  const host = fetching((it) => it);
  using loaded = load({ modules: [host, await program("host_fences.mlir")] });
  const main = loaded.lookupFunction("main");
  const error = assertThrows(() => main.compute([1]), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  assertEquals(await main.computeAsync([1]), new Float32Array([4]));
});
