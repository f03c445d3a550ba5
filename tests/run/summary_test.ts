import { assertEquals } from "@std/assert";
import { addCounts, formatCounts, readCounts } from "./summary.ts";

const GREEN = "\x1b[0m\x1b[32mok\x1b[0m | 3 passed (1 step) | 0 failed";

Deno.test("The last summary's counts are read, in colour or not", () => {
  assertEquals(
    readCounts(`x\nok | 9 passed | 0 failed\n${GREEN} (2s)\n\n`, 0),
    {
      passed: 3,
      failed: 0,
      skipped: 0,
    },
  );
  assertEquals(
    readCounts("FAILED | 2 passed | 1 failed | 4 ignored (1s)\n", 1),
    { passed: 2, failed: 1, skipped: 4 },
  );
});

Deno.test("A run that fails without a failed test counts as one", () => {
  const nothing = { passed: 0, failed: 1, skipped: 0 };
  assertEquals(readCounts("error: Type checking failed.\n", 1), nothing);
  assertEquals(readCounts("", 134), nothing);
  assertEquals(readCounts(`${GREEN}\nleaks\n`, 1), {
    passed: 3,
    failed: 1,
    skipped: 0,
  });
  // Output of a test is not a summary.
  assertEquals(readCounts("  ok | 5 passed\n", 1), nothing);
});

Deno.test("Counts add up to the line that CI reads", () => {
  const some = { passed: 2, failed: 0, skipped: 0 };
  assertEquals(formatCounts(some), "2 passed, 0 failed");
  assertEquals(
    formatCounts(addCounts(some, { passed: 1, failed: 1, skipped: 3 })),
    "3 passed, 1 failed, 3 skipped",
  );
});
