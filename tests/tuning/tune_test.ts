import { assert, assertEquals } from "@std/assert";
import { load } from "../../mod.ts";
import { inspectProgram } from "../../lib/inspect/mod.ts";
import { DEFAULT_RECIPE, tune, tuningOf } from "../../lib/tuning/mod.ts";
import { COMPILER, fixture } from "../compiler/support.ts";
import { test } from "../support.ts";

const OPTIONS = { library: COMPILER, cache: false } as const;

test("tune tries no device with more threads than workers", async () => {
  const { tuning } = await tune(fixture("mul.mlir"), {
    ...OPTIONS,
    recipes: [],
    workers: 1,
  });
  const tried = tuning.trials.map(({ device, workers }) => [device, workers]);
  const byName = tried.toSorted(([one], [other]) =>
    String(one) < String(other) ? -1 : 1
  );
  assertEquals(byName, [["local-sync", undefined], ["local-task", 1]]);
});

test("tune returns a program that contains the tuning result", async () => {
  const tuned = await tune(fixture("mul.mlir"), {
    ...OPTIONS,
    recipes: [DEFAULT_RECIPE, { name: "same", flags: [], reason: "a test" }],
  });
  const { choice, trials, skipped } = tuned.tuning;
  assertEquals(tuned.tuning.function, "mul");
  assertEquals(trials[0], choice);
  assertEquals(skipped, [{
    recipe: "same",
    reason: "makes the same program as default",
  }]);
  assertEquals(
    new Set(trials.map(({ device }) => device)),
    new Set(["local-sync", "local-task"]),
  );
  assert(trials.every(({ milliseconds }) => milliseconds > 0));
  assertEquals(tuningOf(tuned.bytes), tuned.tuning);
  assertEquals(inspectProgram(tuned.bytes).tuning, tuned.tuning);
  using program = load(tuned.bytes, { device: "auto" });
  assertEquals(program.devices.map(({ uri }) => uri), [choice.device]);
  const mul = program.lookupFunction("mul");
  assertEquals(
    mul.compute(new Float32Array([1, 2, 3, 4]), new Float32Array(4).fill(2)),
    new Float32Array([2, 4, 6, 8]),
  );
});
