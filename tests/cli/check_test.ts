// `iree check` runs programs of IREE's tests, with the words of GoogleTest.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { isSelected, runChecks } from "../../lib/cli/check/runner.ts";
import { iree, program, test } from "../support.ts";

const checks = await program("checks.mlir");

test("iree check runs each check in a context of its own, and says what fails", async () => {
  const { code, stdout, stderr } = await iree(["check", checks]);
  assertEquals([code, stderr], [1, ""]);
  const text = stdout.replace(/\(\d+ ms/g, "(0 ms");
  assertStringIncludes(
    text,
    `[==========] Running 5 tests from 1 test suite.
[----------] Global test environment set-up.
[----------] 5 tests from checks
[ RUN      ] checks.holds
[       OK ] checks.holds (0 ms)
[ RUN      ] checks.is_close
[       OK ] checks.is_close (0 ms)
[ RUN      ] checks.is_false
Failure
Expected 3 to be zero.
[  FAILED  ] checks.is_false (0 ms)
[ RUN      ] checks.differs
Failure
Expected equality of these values. Contents does not match.
  lhs:
    3xi32=1 2 3
  rhs:
    3xi32=1 5 3
[  FAILED  ] checks.differs (0 ms)
`,
  );
  // As in IREE's own tests of the tool.
  assertStringIncludes(
    text,
    "Expected near equality of these values. Contents does not match to " +
      "tolerance parameters atol=0.0001, rtol=0. The first failure occurs at " +
      "index 1 as the lhs value 2 differs from the rhs value 2.5 by 5.000e-01.",
  );
  assertStringIncludes(
    text,
    `[  PASSED  ] 2 tests.
[  FAILED  ] 3 tests, listed below:
[  FAILED  ] checks.is_false
[  FAILED  ] checks.differs
[  FAILED  ] checks.is_far

3 FAILED TESTS
`,
  );
});

test("iree check runs all checks of a program from stdin", async () => {
  const stdin = await Deno.readFile(checks);
  const piped = await iree(["check", "--module=-"], { stdin });
  const named = await iree(["check", checks]);
  const timeless = (text: string) => text.replace(/\(\d+ ms/g, "(0 ms");
  assertEquals(timeless(piped.stdout), timeless(named.stdout));
  assertEquals(piped.code, named.code);
});

test("iree check --expect_failure turns the exit status around", async () => {
  const failing = await iree(["check", "--expect_failure", checks]);
  assertEquals(failing.code, 0);
  assertStringIncludes(failing.stdout, "\nTest failed as expected\n");
  const passing = await iree([
    "check",
    `--module=${checks}`,
    "--gtest_filter=*.holds",
    "--expect_failure",
  ]);
  assertEquals(passing.code, 1);
  assertStringIncludes(passing.stdout, "\nTest passed but expected failure\n");
});

test("iree check lists checks, and rejects programs of functions with inputs", async () => {
  const listed = await iree(["check", "--gtest_list_tests", checks]);
  assertEquals(
    listed.stdout,
    "checks.\n  holds\n  is_close\n  is_false\n  differs\n  is_far\n",
  );
  const mul = await iree(["check", await program("mul.mlir")]);
  assertEquals(mul.code, 1);
  assertStringIncludes(
    mul.stderr,
    "expected function with no inputs or outputs, but export 'mul' has " +
      "signature '0rr_r'",
  );
  assertEquals((await iree(["check"])).code, 2);
});

Deno.test("A filter selects checks as GoogleTest's does", () => {
  const cases: [filter: string, isSelected: boolean][] = [
    ["*", true],
    ["", true],
    ["m.add", true],
    ["m.ad?", true],
    ["m.*:n.*", true],
    ["n.*", false],
    ["m.a", false],
    ["-m.add", false],
    ["m.*-*.add", false],
    ["-m.sub", true],
  ];
  for (const [filter, expected] of cases) {
    assertEquals(isSelected("m.add", filter), expected, filter);
  }
});

Deno.test("Without checks, nothing fails", () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  assertEquals(runChecks("m", [], { now: () => 0, print }), true);
  assertEquals(lines, [
    "[==========] Running 0 tests from 0 test suites.",
    "[==========] 0 tests from 0 test suites ran. (0 ms total)",
    "[  PASSED  ] 0 tests.",
  ]);
});
