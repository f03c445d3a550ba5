/** A part of some work, done at once or on another thread. */
export interface Step<Result> {
  /** Does it and blocks meanwhile. */
  now(): Result;
  /** Does it on another thread. */
  later(): Promise<Result>;
}

/** Work in steps, written once for its synchronous and asynchronous forms. */
export type Steps<Result> = Generator<Step<unknown>, Result, unknown>;

/**
 * Does a step of the work around it: `yield* step(…)`.
 *
 * @param work The step.
 * @returns Its result; throws its failure.
 */
export function* step<Result>(work: Step<Result>): Steps<Result> {
  return (yield work) as Result;
}

/**
 * Does work and blocks until it is done.
 *
 * @param steps The work.
 * @returns Its result; throws its failure.
 */
export function runNow<Result>(steps: Steps<Result>): Result {
  let turn = steps.next();
  while (!turn.done) {
    let result: unknown;
    try {
      result = turn.value.now();
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
}

/**
 * Does work without blocking the event loop during its steps.
 *
 * @param steps The work.
 * @param signal Ends the work between two steps.
 * @returns Its result; rejects with its failure, or with the signal's reason
 * where that was aborted before the last step.
 */
export async function runLater<Result>(
  steps: Steps<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  let turn = steps.next();
  while (!turn.done) {
    let result: unknown;
    try {
      signal?.throwIfAborted();
      result = await turn.value.later();
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
}
