import { assertEquals, assertThrows } from "@std/assert";
import { IreeError, load, type Value, type VmBuffer } from "../../mod.ts";
import { program, test } from "../support.ts";
import { makeFixtures } from "./fixtures.ts";
import { findKnown } from "./known.ts";
import { regionsOf } from "./regions.ts";
import { WORKER, type WorkOrder } from "./kinds.ts";
import { runCases } from "./runner.ts";

/** Decides the cases; `./dev fuzz --seed=1 --case=N` runs a single one. */
const SEED = 1;

const containers = await program("tests/mutations/containers.mlir");

test("2,000 mutated programs and odd inputs end in a result or an error", async () => {
  const fixtures = await makeFixtures();
  const origin = { seed: SEED, fixtures };
  const order: WorkOrder = {
    ...origin,
    start: 0,
    end: 2000,
    traceExecution: false,
  };
  const summary = await runCases({ worker: WORKER, order });
  const fresh = summary.failures.filter((it) =>
    findKnown(it, origin) === undefined
  );
  assertEquals(fresh, []);
  const count = [...summary.outcomes.values()].reduce((sum, it) => sum + it, 0);
  assertEquals(count, 2000);
});

for (
  const [name, values, message] of [
    ["divide", [7, 0, 1n, 1n], "integer division by zero"],
    ["divide", [7, 1, 1n, 0n], "integer division by zero"],
    ["divide", [-(2 ** 31), -1, 1n, 1n], "integer division overflows"],
    ["divide_i64", [-(2n ** 63n), -1n], "integer division overflows"],
    ["store", [-4n, 1], "out-of-bounds access"],
    ["store", [2n ** 62n, 1], "out-of-bounds access"],
    ["copy", [-8n, 0n, 16n], "out-of-bounds access"],
    ["copy", [0n, -8n, 12n], "out-of-bounds access"],
    ["allocate", [-1n], "allocation size overflow"],
    ["allocate", [-16n], "allocation size overflow"],
  ] as const
) {
  test(`${name}(${values.join(", ")}) fails without ending anything else`, () => {
    using loaded = load({ modules: [containers] });
    assertThrows(() => loaded.call(name, ...values), IreeError, message);
  });
}

test("Operations at the edge of failure still return results", () => {
  using loaded = load({ modules: [containers] });
  const call = (name: string, ...values: Value[]) =>
    loaded.call(name, ...values);
  assertEquals(call("divide", -7, 2, 7n, 2n), [-3, -1, 3n, 1n]);
  assertEquals(call("divide", 5, -1, 1n, -1n), [-5, 0, 0n, 0n]);
  using buffer = call("store", 12n, 1) as VmBuffer;
  assertEquals(buffer.toBytes()[12], 1);
  using copied = call("copy", 16n, 16n, 0n) as VmBuffer;
  assertEquals(copied.byteLength, 16);
});

// IREE's own verifier does not check registers, so the program would read
// beyond them.
test("A program with an invalid register is rejected", async () => {
  const bytes = await Deno.readFile(await program("single.mlir"));
  const bytecode = regionsOf(bytes).find(({ part }) => part === "bytecode");
  // After the opcodes of the block and of the addition.
  const operand = bytecode!.start + 2;
  new DataView(bytes.buffer).setUint16(operand, 12_345, true);
  const error = assertThrows(() => load({ modules: [bytes] }), IreeError);
  assertEquals(error.code, "OUT_OF_RANGE");
});
