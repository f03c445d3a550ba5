import { assert, assertEquals } from "@std/assert";
import { hostModule, load, runtime } from "../../mod.ts";
import { program, test } from "../support.ts";
import { UNUSED } from "./support.ts";

const CALLBACKS = 1_000_000;

/** Bytes of heap that may stay, since the engine compiles and caches code. */
const NOISE = 4 * 2 ** 20;

test("A million callbacks leave nothing", async () => {
  let count = 0;
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: (a, b) => {
        count++;
        return a + b;
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  // The smallest of several, since garbage may wait to be collected.
  const callMany = (callbacks: number): number => {
    let least = Infinity;
    for (const end = count + callbacks; count < end;) {
      for (let i = 0; i < 1000; i++) loaded.sum(1, 2);
      least = Math.min(least, Deno.memoryUsage().heapUsed);
    }
    return least;
  };
  const before = callMany(CALLBACKS / 4);
  const { liveAllocations, totalAllocations } = runtime.statistics;
  const after = callMany(CALLBACKS);
  assertEquals(runtime.statistics.liveAllocations, liveAllocations);
  assertEquals(runtime.statistics.totalAllocations, totalAllocations);
  assert(after < before + NOISE, `heap grew from ${before} to ${after}`);
});
