/**
 * Failures within IREE that the package cannot prevent.
 *
 * @module
 */

import type { Fixtures } from "./fixtures.ts";
import { type Kind, kindOf } from "./kinds.ts";
import known from "./known.json" with { type: "json" };
import { mutantOf } from "./mutant.ts";
import type { Failure } from "./runner.ts";

/** A failure that is listed in `docs/known-crashes.md`. */
export interface Known {
  /** Heading in the document. */
  readonly name: string;
  readonly reason: string;
  /** All failures of programs whose machine code was changed. */
  readonly native?: boolean;
  /** Single cases, as `seed:case`. */
  readonly cases?: readonly string[];
}

/** The origin of a failure. */
export interface Origin {
  readonly seed: number;
  readonly kind?: Kind;
  readonly fixtures: Fixtures;
}

/**
 * Finds the entry of a failure.
 *
 * @param failure The failure.
 * @param origin Its origin.
 * @returns The entry, or `undefined` for a new one.
 */
export function findKnown(
  failure: Failure,
  origin: Origin,
): Known | undefined {
  const id = `${origin.seed}:${failure.case}`;
  const isProgram = kindOf(failure.case, origin.kind) === "program";
  return (known as readonly Known[]).find(({ native, cases }) =>
    cases?.includes(id) ||
    native && isProgram &&
      mutantOf(origin.fixtures, origin.seed, failure.case).native
  );
}
