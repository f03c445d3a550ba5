import { assertEquals, assertThrows } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { Instance, IreeError } from "../../mod.ts";
import { Watchdog } from "../../lib/tooling/mod.ts";
import {
  denoFlags,
  execute,
  type Output,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";
import { namedThreads } from "../threads.ts";
import { waitUntil } from "../waiting.ts";

const arithmetic = await program("arithmetic.mlir");

async function run(code: string): Promise<Output> {
  using folder = new TemporaryFolder();
  const script = folder.join("script.ts");
  const urlOf = (path: string) =>
    JSON.stringify(toFileUrl(join(ROOT, path)).href);
  await Deno.writeTextFile(
    script,
    `import { Instance, load } from ${urlOf("mod.ts")};\n` +
      `import { Watchdog } from ${urlOf("lib/tooling/mod.ts")};\n` +
      `using instance = Instance.open();\n${code}`,
  );
  return await execute(Deno.execPath(), [
    "run",
    "-A",
    ...denoFlags(),
    script,
  ]);
}

test("A watchdog ends the process in the middle of a call", async () => {
  const start = performance.now();
  assertEquals(
    await run(
      `using program = load({ modules: [${JSON.stringify(arithmetic)}] });
      console.log("counting");
      using watchdog = Watchdog.start(instance, 300, "too long\\n", 7);
      program.call("loop_i64", 1_000_000_000_000n);`,
    ),
    { code: 7, stdout: "counting\n", stderr: "too long\n" },
  );
  assertEquals(performance.now() - start > 300, true);
});

// Only the watchdog's thread could end the process.
test("A disposed watchdog has no thread left", async () => {
  using instance = Instance.open();
  assertEquals(watchdogThreads(), 0);
  {
    using _watchdog = Watchdog.start(instance, 1e11, "never\n");
    await waitUntil(() => watchdogThreads() === 1, "the thread has its name");
  }
  assertEquals(watchdogThreads(), 0);
});

function watchdogThreads(): number {
  return namedThreads("iree-watchdog").length;
}

test("A watchdog is disposed immediately, however long its timeout", () => {
  using instance = Instance.open();
  for (let i = 0; i < 100; i++) {
    Watchdog.start(instance, 1e11, "never\n").dispose();
  }
});

test("Watchdog.start rejects an invalid time or exit status", () => {
  using instance = Instance.open();
  for (const time of [0, -1, NaN, Infinity, 1e12, "1" as unknown as number]) {
    const error = assertThrows(
      () => Watchdog.start(instance, time, ""),
      IreeError,
      "milliseconds must be more than 0",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
  for (const status of [-1, 256, 1.5]) {
    assertThrows(
      () => Watchdog.start(instance, 1000, "", status),
      IreeError,
      "exitStatus must be an integer from 0 to 255",
    );
  }
});
