/**
 * The kinds of cases and their proportions.
 *
 * @module
 */

import type { Fixtures } from "./fixtures.ts";
import type { CaseRange } from "./runner.ts";

/** The worker that runs the cases. */
export const WORKER = "tests/mutations/worker.ts";

/** The kind of input in a case. */
export type Kind =
  | "program"
  | "uri"
  | "flags"
  | "signature"
  | "parameters"
  | "arguments";

/** Kinds of twenty consecutive cases. */
const SHARES: readonly Kind[] = [
  ...Array<Kind>(12).fill("program"),
  "uri",
  "flags",
  "signature",
  ...Array<Kind>(2).fill("parameters"),
  ...Array<Kind>(3).fill("arguments"),
];

/** All kinds. */
export const KINDS: readonly Kind[] = [...new Set(SHARES)];

/**
 * Returns the kind of a case.
 *
 * @param number Number of the case.
 * @param only The only kind to run, if any.
 */
export function kindOf(number: number, only?: Kind): Kind {
  return only ?? SHARES[number % SHARES.length];
}

/** A worker's task. */
export interface WorkOrder extends CaseRange {
  readonly fixtures: Fixtures;
  readonly seed: number;
  /** The only kind to run; all kinds by default. */
  readonly kind?: Kind;
  /** Whether the VM prints each operation. */
  readonly traceExecution: boolean;
}
