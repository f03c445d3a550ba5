/**
 * The counts at the end of `deno test`'s output, and their sum over several
 * runs.
 *
 * @module
 */

/** Numbers of tests by outcome. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[0-9;]*m/g;

/**
 * Reads the counts of a run.
 *
 * @param output The output of `deno test`.
 * @param status Its exit status. A crash, a type error or a leak fails a run
 * without a failed test, and counts as one.
 * @returns The counts of the last summary; zeros without one.
 */
export function readCounts(output: string, status: number): Counts {
  const summary =
    output.replace(COLORS, "").split("\n").findLast((line) =>
      /^(?:ok|FAILED) \| \d+ passed/.test(line)
    ) ?? "";
  const before = (word: string): number =>
    Number(new RegExp(`\\| (\\d+) ${word}`).exec(summary)?.[1] ?? 0);
  const failed = before("failed");
  return {
    passed: before("passed"),
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: before("ignored"),
  };
}

/** Adds the counts of two runs. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** Formats counts as the last line of `./dev test`, which CI reads. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  const summary = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? summary : `${summary}, ${skipped} skipped`;
}
