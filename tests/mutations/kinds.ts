/**
 * The kinds of cases and how they are shared out.
 *
 * @module
 */

import type { Fixtures } from "./fixtures.ts";

/** What a case gives the runtime. */
export type Kind =
  | "program"
  | "uri"
  | "flags"
  | "signature"
  | "parameters"
  | "arguments";

/** Kinds of twenty cases in a row. */
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
 * Kind of a case.
 *
 * @param number Number of the case.
 * @param only The one kind to have, if any.
 */
export function kindOf(number: number, only?: Kind): Kind {
  return only ?? SHARES[number % SHARES.length];
}

/** What a worker is told to do. */
export interface WorkOrder {
  readonly fixtures: Fixtures;
  readonly seed: number;
  /** Number of the first case. */
  readonly start: number;
  /** Number after the last case. */
  readonly end: number;
  /** The one kind to have; all when left out. */
  readonly kind?: Kind;
  /** Whether the VM prints each operation. */
  readonly traceExecution: boolean;
}
