import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  denoFlags,
  execute,
  nativeModule,
  type Output,
  program,
  ROOT,
} from "../support.ts";

// Programs that end in the middle of work or with live objects: they exit with
// the expected status, without a crash, and with all output of native modules.

const paths = [
  await nativeModule("fixtures/printing_module.cc"),
  await nativeModule("fixtures/types_module.cc"),
  await program("many_types.mlir"),
  await program("arithmetic.mlir"),
  await nativeModule("fixtures/latch_module.cc"),
];

/** Runs one of the endings in `workers/ending.ts`. */
function end(how: string): Promise<Output> {
  const script = join(ROOT, "tests/ownership/workers/ending.ts");
  const args = ["run", "-A", "--no-check", ...denoFlags(), script, how];
  return execute(Deno.execPath(), [...args, ...paths]);
}

const WORDS = ["zero", "one", "two"];

/** Output of `print_lines(1000)` and `print_open()`. */
const PRINTED = Array.from(
  { length: 1000 },
  (_, i) => `line ${i} ${WORDS[i % 3]}\n`,
).join("") + "open";

/** A program's ending: its exit code, all of stdout, and part of stderr. */
type Ending = readonly [
  how: string,
  code: number,
  stdout: string,
  stderr: string,
];

const ENDINGS: readonly Ending[] = [
  ["returns", 0, PRINTED, ""],
  ["exits", 7, PRINTED, ""],
  ["throws", 1, "open", "Uncaught (in promise) RangeError: thrown on purpose"],
  ["rejects", 1, "", "RangeError: rejected on purpose"],
  ["fails in a program", 1, "", "IreeError: FAILED_PRECONDITION: the number"],
  ["disposes at the end", 0, "open", ""],
];

for (const [how, code, stdout, stderr] of ENDINGS) {
  Deno.test(`A program that ${how} with live objects ends cleanly`, async () => {
    const output = await end(how);
    assertEquals(output.code, code, output.stderr);
    assertEquals(output.stdout, stdout);
    if (stderr === "") assertEquals(output.stderr, "");
    assertStringIncludes(output.stderr, stderr);
  });
}

Deno.test("A program that exits during work ends cleanly", async () => {
  const { code, stdout, stderr } = await end("exits at work");
  assertEquals([code, stderr], [7, ""]);
  assertEquals(stdout.replaceAll("line 0 zero\n", ""), "");
  assertStringIncludes(stdout, "line 0 zero\n");
});

// Several threads end together; a race does not go wrong every time.
const THREADED_ENDINGS: readonly Ending[] = [
  ["exits while a worker computes", 3, "", ""],
  ["exits while workers use devices", 3, "open", ""],
  ["throws while a worker computes", 1, "", "RangeError: thrown on purpose"],
  ["terminates a worker that computes", 3, "open", ""],
  ["ends after it terminated a worker that waits", 0, "opened\n", ""],
  ["outlives a worker that closes", 0, "settles\n", ""],
  ["outlives a worker that exits", 0, "settles\n", ""],
  [
    "outlives a worker that throws",
    0,
    "Uncaught RangeError: thrown in a worker\nsettles\n",
    "RangeError: thrown in a worker",
  ],
];

for (const [how, code, stdout, stderr] of THREADED_ENDINGS) {
  Deno.test(`A program that ${how} ends cleanly`, async () => {
    for (let i = 0; i < 5; i++) {
      const output = await end(how);
      assertEquals(output.code, code, output.stderr);
      assertEquals(output.stdout, stdout);
      if (stderr === "") assertEquals(output.stderr, "");
      assertStringIncludes(output.stderr, stderr);
    }
  });
}

Deno.test("A native call outlives its terminated worker", async () => {
  const { code, stdout, stderr } = await end("terminates a worker that waits");
  assertEquals([code, stderr], [0, ""]);
  // Output of Deno and of C appears in order.
  assertEquals(stdout.split("\n").sort(), [
    "",
    "live true",
    "opened",
    "settles",
  ]);
});
