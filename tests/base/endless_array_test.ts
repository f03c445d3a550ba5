import { assertEquals, assertThrows } from "@std/assert";
import {
  type Device,
  HalModule,
  Instance,
  IreeError,
  load,
  ParametersModule,
} from "../../mod.ts";
import { program, test } from "../support.ts";

// A Proxy may report any length: entries are checked before others are read.

const mul = await program("mul.mlir");

/** An array of a billion entries, which counts how many are read. */
function endless(): { array: never[]; reads: () => number } {
  let reads = 0;
  const array = new Proxy([], {
    get: (target, key) => {
      if (key === "length") return 1e9;
      if (typeof key === "string" && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key);
    },
  });
  return { array, reads: () => reads };
}

test("An array of any length is rejected at its first wrong entry", () => {
  using instance = Instance.open();
  using loaded = load(mul, { device: "local-sync" });
  const calls: ((array: never[]) => unknown)[] = [
    (array) => HalModule.create(instance, array as Device[]),
    (array) => ParametersModule.create(instance, array),
    (array) => load(mul, { device: array }),
    (array) => loaded.lookupFunction("mul").with({ into: array }),
  ];
  for (const [at, call] of calls.entries()) {
    const { array, reads } = endless();
    const error = assertThrows(() => call(array), IreeError);
    assertEquals([at, error.code], [at, "INVALID_ARGUMENT"]);
    assertEquals([at, reads() < 10], [at, true], `${reads()} entries are read`);
  }
});
