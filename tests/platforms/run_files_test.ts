import { assertEquals } from "@std/assert";
import { runFiles } from "./run_files.ts";

/** Runs scripts of a shell in place of test files. */
async function runScripts(
  files: readonly string[],
  silence: number,
): Promise<{ status: number; lines: string[] }> {
  let printed = "";
  const status = await runFiles({
    files,
    silence,
    start: (file) =>
      new Deno.Command("sh", { args: ["-c", file], stdout: "piped" }).spawn(),
    print: (text) => printed += text,
  });
  return { status, lines: printed.trim().split("\n") };
}

Deno.test("Files run one after the other, and their counts are added", async () => {
  const first = "echo 'ok | 2 passed | 0 failed | 1 ignored'";
  const second = "echo 'ok | 3 passed | 0 failed'";
  assertEquals(await runScripts([first, second], 600_000), {
    status: 0,
    lines: [
      "ok | 2 passed | 0 failed | 1 ignored",
      "ok | 3 passed | 0 failed",
      "5 passed, 0 failed, 1 skipped",
    ],
  });
});

Deno.test("A file that fails or ends early is named, and the others run", async () => {
  const failing = "echo 'FAILED | 4 passed | 2 failed'; exit 1";
  const crashing = "exit 3";
  const last = "echo 'ok | 1 passed | 0 failed'";
  const { status, lines } = await runScripts(
    [failing, crashing, last],
    600_000,
  );
  assertEquals(status, 1);
  assertEquals(lines.slice(2), [
    `${failing}: exit status 1, 2 failed`,
    `${crashing}: exit status 3, 1 failed`,
    "5 passed, 3 failed",
  ]);
});

Deno.test("A file that hangs is ended and named, after a second start if it printed nothing", async () => {
  const hanging = "exec sleep 1000000";
  assertEquals(await runScripts([hanging], 100), {
    status: 1,
    lines: [
      `${hanging} did not start, and is started again`,
      `${hanging}: printed nothing for 0.1 s`,
      "0 passed, 1 failed",
    ],
  });
});
