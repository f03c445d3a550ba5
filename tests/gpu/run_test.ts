import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, ROOT } from "../support.ts";

/** Runs what `tests/gpu/run` runs. */
const check = (...args: string[]) =>
  execute(Deno.execPath(), [
    ...["run", "-A", "--no-check", ...denoFlags()],
    join(ROOT, "tests/gpu/check.ts"),
    ...args,
  ]);

Deno.test("tests/gpu/run checks operators, transfers, calls and memory of a device, and measures a call", async () => {
  const { code, stdout, stderr } = await check("local-sync");
  assertEquals(code, 0, stdout + stderr);
  const checks = [...stdout.matchAll(/^ok {6}(.*) \(\d+ ms\)$/gm)]
    .map(([, name]) => name);
  assertEquals(checks.length, 11, stdout);
  for (const name of ["matmul_f32", "transfer", "asynchronous", "memory"]) {
    assertStringIncludes(checks.join("\n"), name);
  }
  assertMatch(stdout, /^ +ours +[\d.]+ ms\n +IREE +[\d.]+ ms$/m);
});

Deno.test("tests/gpu/run says why a device cannot be opened", async () => {
  const { code, stdout } = await check("vulkan", "--loader=/nonexistent");
  assertEquals(code, 1, stdout);
  assertStringIncludes(stdout, "FAILED  vulkan cannot be opened: ");
  assertStringIncludes(stdout, "1 failed");
});
