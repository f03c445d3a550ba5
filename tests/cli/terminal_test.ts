import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  denoFlags,
  iree,
  ireeOfSources,
  mustRun,
  ROOT,
  test,
  tool,
} from "../support.ts";

/** Runs the command line on a terminal, which shows both outputs. */
async function atTerminal(
  args: string[],
  env: Record<string, string>,
): Promise<string> {
  const script = "import os, pty, sys; pty.spawn(sys.argv[1:])";
  const deno = [Deno.execPath(), "run", "-A", ...denoFlags()];
  const command = [...deno, join(ROOT, "cli.ts"), ...args];
  return await mustRun(tool("python"), ["-c", script, ...command], { env });
}

/** Escape sequences that change the look of text. */
const ESCAPE = "\x1b[";

test("Help is coloured on a terminal, and never with NO_COLOR", async () => {
  const colourful = await atTerminal(["--help"], { NO_COLOR: "" });
  assertStringIncludes(colourful, "\x1b[1;33mCommands:\x1b[0m");
  assertStringIncludes(colourful, "\x1b[32m  run\x1b[0m  ");
  assertStringIncludes(colourful, "\x1b[32m  --help\x1b[0m  ");
  const plain = await atTerminal(["--help"], { NO_COLOR: "1" });
  assertEquals(plain.includes(ESCAPE), false);
  // deno-lint-ignore no-control-regex
  assertEquals(colourful.replaceAll(/\x1b\[[\d;]*m/g, ""), plain);
});

test("Errors are coloured on a terminal, and never with NO_COLOR", async () => {
  const colourful = await atTerminal(["bogus"], { NO_COLOR: "" });
  assertStringIncludes(colourful, "\x1b[1;31merror:\x1b[0m unknown command");
  const plain = await atTerminal(["bogus"], { NO_COLOR: "1" });
  assertMatch(plain, /^error: unknown command/);
});

test("Output is not coloured without a terminal", async () => {
  const env = { NO_COLOR: "" };
  for (const args of [["--help"], ["run", "--help"], ["bogus"]]) {
    const { stdout, stderr } = await iree(args, { env });
    assertEquals((stdout + stderr).includes(ESCAPE), false, args.join(" "));
  }
});

test("An error has no stack unless --verbose is given", async () => {
  const args = ["run", "--module=nope.vmfb"];
  const short = await ireeOfSources(args);
  assertEquals(short.code, 1);
  assertMatch(short.stderr, /^error: NOT_FOUND: [^\n]+\n$/);
  for (const verbose of [["--verbose", ...args], [...args, "--verbose"]]) {
    const { code, stderr } = await ireeOfSources(verbose);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      short.stderr.trimEnd().slice("error: ".length),
    );
    assertMatch(stderr, /\n {4}at .*load\.ts:\d+:\d+/);
  }
});

test("--verbose shows IREE's own text of a failure", async () => {
  const module = join(ROOT, "deno.json");
  const { code, stderr } = await iree([
    "run",
    `--module=${module}`,
    "--verbose",
  ]);
  assertEquals(code, 1);
  assertMatch(stderr, /\nIREE: .*\.[ch]:\d+: INVALID_ARGUMENT/);
  const short = await iree(["run", `--module=${module}`]);
  assertEquals(short.stderr.includes("IREE: "), false);
});
