import { IreeError } from "../../../mod.ts";

/** A function that checks something. */
export interface Check {
  /** Its name. */
  readonly name: string;
  /**
   * Runs it.
   *
   * @returns What it expected in vain; may throw what its call throws.
   */
  run(): readonly string[];
}

/** Where the runner prints, and how it measures time. */
export interface RunnerEnvironment {
  /** Returns the time in milliseconds. */
  now(): number;
  /** Prints lines. */
  print(text: string): void;
}

/**
 * Runs checks and prints what GoogleTest prints.
 *
 * @param suite Name of the module.
 * @param checks The checks.
 * @param environment Where it prints.
 * @returns Whether all succeeded.
 */
export function runChecks(
  suite: string,
  checks: readonly Check[],
  environment: RunnerEnvironment,
): boolean {
  const { now, print } = environment;
  const start = now();
  const failed: string[] = [];
  const suites = checks.length === 0 ? 0 : 1;
  print(
    `[==========] Running ${count(checks.length, "test")} from ` +
      `${count(suites, "test suite")}.`,
  );
  if (suites > 0) {
    print("[----------] Global test environment set-up.");
    print(`[----------] ${count(checks.length, "test")} from ${suite}`);
  }
  for (const check of checks) {
    const name = `${suite}.${check.name}`;
    print(`[ RUN      ] ${name}`);
    const began = now();
    const failures = failuresOf(check);
    for (const failure of failures) print(`Failure\n${failure}`);
    if (failures.length > 0) failed.push(name);
    const result = failures.length > 0 ? "[  FAILED  ]" : "[       OK ]";
    print(`${result} ${name} (${milliseconds(now() - began)})`);
  }
  if (suites > 0) {
    const total = milliseconds(now() - start);
    print(
      `[----------] ${count(checks.length, "test")} from ${suite} ` +
        `(${total} total)\n`,
    );
    print("[----------] Global test environment tear-down");
  }
  print(
    `[==========] ${count(checks.length, "test")} from ` +
      `${count(suites, "test suite")} ran. ` +
      `(${milliseconds(now() - start)} total)`,
  );
  print(`[  PASSED  ] ${count(checks.length - failed.length, "test")}.`);
  if (failed.length === 0) return true;
  print(`[  FAILED  ] ${count(failed.length, "test")}, listed below:`);
  for (const name of failed) print(`[  FAILED  ] ${name}`);
  print(
    `\n${
      failed.length === 1 ? " 1 FAILED TEST" : `${failed.length} FAILED TESTS`
    }`,
  );
  return false;
}

function failuresOf(check: Check): readonly string[] {
  try {
    return [...check.run()];
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    return [error.message];
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function milliseconds(time: number): string {
  return `${Math.round(time)} ms`;
}

/**
 * Whether GoogleTest's filter selects a test.
 *
 * @param name Its full name.
 * @param filter Patterns, separated by colons; after `-`, those not to run.
 */
export function isSelected(name: string, filter = "*"): boolean {
  const dash = filter.indexOf("-");
  const wanted = dash < 0 ? filter : filter.slice(0, dash);
  const unwanted = dash < 0 ? "" : filter.slice(dash + 1);
  return matches(name, wanted || "*") && !matches(name, unwanted);
}

function matches(name: string, patterns: string): boolean {
  return patterns.split(":").filter((it) => it !== "").some((pattern) => {
    const regex = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*").replaceAll("?", ".");
    return new RegExp(`^${regex}$`).test(name);
  });
}
