/** What can differ between the two programs. */
export type Aspect = "stdout" | "exit" | "status" | "files";

/** A difference that is meant. */
export interface Difference {
  /** Names of the cases that show it. */
  readonly cases: readonly string[];
  /** What differs. */
  readonly differs: readonly Aspect[];
  /** How `iree run` ends: the exit status, and the code of an error. */
  readonly ours: readonly [exit: number, status?: string];
  /** Why. */
  readonly reason: string;
}

/**
 * All differences that are meant. The suite fails when there is one that is not
 * here, and when one that is here is no more.
 */
export const DIFFERENCES: readonly Difference[] = [];
