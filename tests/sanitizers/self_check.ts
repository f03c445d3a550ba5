// Shows that a run with sanitizers detects faults. `./dev test --asan` runs it;
// without a sanitizer nothing could detect them.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, ROOT, TemporaryFolder } from "../support.ts";
import { type Finding, findings } from "./reports.ts";

const options = Deno.env.get("ASAN_OPTIONS");

/** Runs a fault in a separate process. */
async function report(
  fault: string,
): Promise<{ code: number; found: Finding[] }> {
  using folder = new TemporaryFolder();
  const { code } = await execute(
    Deno.execPath(),
    [
      "run",
      "-A",
      "--no-check",
      ...denoFlags(),
      join(ROOT, "tests/sanitizers/faults.ts"),
      fault,
    ],
    {
      // The last option wins.
      env: { ASAN_OPTIONS: `${options}:log_path=${folder.join("report")}` },
    },
  );
  return { code, found: findings(folder.path) };
}

Deno.test("Deno's own leaks do not count", async () => {
  assertEquals(await report("none"), { code: 0, found: [] });
});

Deno.test("A leak in our library is detected and keeps the exit code", async () => {
  const { code, found } = await report("leak");
  assertEquals(code, 0);
  assertMatch(found[0].text, /leak of \d+ byte[^]*iree_allocator_libc_ctl/);
});

Deno.test("A write out of bounds is detected and ends the process", async () => {
  const { code, found } = await report("write");
  assertEquals([code !== 0, found.length], [true, 1]);
  assertMatch(found[0].text, /heap-buffer-overflow[^]*in iree_ffi_statistics/);
});

Deno.test("Undefined behaviour in the flat layer is detected and ends the process", async () => {
  const { code, found } = await report("undefined");
  assertEquals([code !== 0, found.length], [true, 1]);
  assertMatch(found[0].text, /: ILL [^]*in iree_ffi_statistics/);
});

/** Runs a test that starts a process with a leak, after some imports. */
async function runLeakTest(imports: string) {
  using folder = new TemporaryFolder();
  const file = folder.join("leak_test.ts");
  const faults = JSON.stringify(join(ROOT, "tests/sanitizers/faults.ts"));
  const args = JSON.stringify(["run", "-A", "--no-check", ...denoFlags()]);
  await Deno.writeTextFile(
    file,
    `${imports}
     Deno.test("leaks", async () => {
       const args = [...${args}, ${faults}, "leak"];
       await new Deno.Command(Deno.execPath(), { args }).output();
     });`,
  );
  return await execute(
    join(ROOT, "dev"),
    ["test", "--asan", file],
    { env: { ASAN_OPTIONS: "", LD_PRELOAD: "" } },
  );
}

Deno.test("./dev test --asan prints each report and counts it as a failed test", async () => {
  const { code, stdout } = await runLeakTest("");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "in iree_allocator_libc_ctl");
  assertEquals(stdout.trimEnd().split("\n").at(-1), "1 passed, 1 failed");
});

Deno.test("A report of a test's process fails that test", async () => {
  const { stdout } = await runLeakTest(
    `import ${JSON.stringify(join(ROOT, "tests/sanitizers/blame.ts"))};`,
  );
  assertMatch(stdout, /^leaks \.\.\. .*FAILED/m);
  assertEquals(stdout.trimEnd().split("\n").at(-1), "0 passed, 2 failed");
});
