import { assert, assertEquals } from "@std/assert";
import { staleSamples, unsampled } from "./api.ts";
import { runNonsense } from "./runner.ts";

// `all.ts` makes all calls.
Deno.test("Every public function rejects nonsense with an IreeError", async () => {
  const { failures, count } = await runNonsense();
  assertEquals(failures, []);
  assert(count > 10_000, `${count} calls`);
});

Deno.test("Every public function has a sample of its arguments", () => {
  assertEquals(unsampled(), []);
});

Deno.test("Samples of arguments are those of functions that exist", () => {
  assertEquals(staleSamples(), []);
});
