/**
 * Runs mutated programs and odd inputs against the runtime.
 *
 * ```
 * ./dev fuzz [--cases=100000] [--seed=1] [--kind=KIND] [--jobs=N]
 * ./dev fuzz --seed=1 --case=123 [--save=FILE.vmfb]
 * ```
 *
 * Exits with 1 if a case crashes or hangs in a way that `known.json` does not
 * list.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { makeFixtures } from "./fixtures.ts";
import { type Kind, kindOf, KINDS, WORKER, type WorkOrder } from "./kinds.ts";
import { findKnown } from "./known.ts";
import { mutantOf } from "./mutant.ts";
import { type Failure, runCases, type Summary } from "./runner.ts";

const options = parseArgs(Deno.args, {
  string: ["cases", "seed", "kind", "case", "jobs", "save"],
  default: { cases: "100000", seed: "1" },
});
const seed = number("seed", options.seed);
const kind = options.kind === undefined ? undefined : toKind(options.kind);
const first = options.case === undefined ? 0 : number("case", options.case);
const last = options.case === undefined
  ? number("cases", options.cases)
  : first + 1;
const jobs = Math.min(
  number("jobs", options.jobs ?? `${navigator.hardwareConcurrency}`),
  last - first,
);

const fixtures = await makeFixtures();
if (options.case !== undefined) describeCase();

/** The most cases for one process, so that all processes end together. */
const BATCH = 2000;

const started = performance.now();
const outcomes = new Map<string, number>();
const failures: Failure[] = [];
let done = 0;
const endless: number[] = [];
let shown = 0;
let nextBatch = first;

await Promise.all(Array.from({ length: jobs }, async () => {
  while (nextBatch < last) {
    const start = nextBatch;
    nextBatch = Math.min(start + BATCH, last);
    const end = nextBatch;
    const order: WorkOrder = {
      ...{ fixtures, seed, start, end, kind },
      traceExecution: false,
    };
    const summary = await runCases({
      worker: WORKER,
      order,
      onCase: showProgress,
    });
    take(summary);
  }
}));
if (Deno.stderr.isTerminal()) console.error("");
report();

function take(summary: Summary): void {
  for (const [outcome, count] of summary.outcomes) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  }
  failures.push(...summary.failures);
  endless.push(...summary.endless);
}

function showProgress(): void {
  done++;
  if (!Deno.stderr.isTerminal() || performance.now() - shown < 200) return;
  shown = performance.now();
  const text = `\r${done} of ${
    last - first
  } cases, ${failures.length} failures`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function report(): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${done} cases, seed ${seed}, ${seconds} s`);
  for (const [outcome, count] of [...outcomes].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${`${count}`.padStart(7)} ${outcome}`);
  }
  const some = endless.sort((a, b) => a - b).slice(0, 100).join(", ");
  console.log(`${endless.length} cases with an endless call: ${some}`);
  let fresh = 0;
  for (const failure of failures.sort((a, b) => a.case - b.case)) {
    const known = findKnown(failure, { seed, kind, fixtures });
    if (known === undefined) fresh++;
    const label = known === undefined ? failure.what : `known ${failure.what}`;
    console.log(`\n${label} in case ${failure.case}, at '${failure.at}'`);
    console.log(`  ${known?.reason ?? reproducer(failure.case)}`);
    if (known === undefined) console.log(indent(failure.detail));
  }
  console.log(`\n${fresh} failures, ${failures.length - fresh} known`);
  if (fresh > 0) Deno.exit(1);
}

function reproducer(number: number): string {
  const only = kind === undefined ? "" : ` --kind=${kind}`;
  return `./dev fuzz --seed=${seed} --case=${number}${only}`;
}

/** Prints a case, and saves its program on request. */
function describeCase(): void {
  console.log(`case ${first}: ${kindOf(first, kind)}`);
  if (kindOf(first, kind) !== "program") return;
  const { bytes, steps } = mutantOf(fixtures, seed, first);
  for (const step of steps) console.log(`  ${step}`);
  if (options.save !== undefined) Deno.writeFileSync(options.save, bytes);
}

function indent(text: string): string {
  return text.trimEnd().split("\n").map((line) => `    ${line}`).join("\n");
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  return usage(`--${name} must be an integer, got '${text}'`);
}

function toKind(text: string): Kind {
  return KINDS.find((it) => it === text) ??
    usage(`--kind must be one of ${KINDS.join(", ")}, got '${text}'`);
}

function usage(message: string): never {
  console.error(`fuzz: ${message}`);
  Deno.exit(2);
}
