/** A step of some work, run on this thread or on another one. */
export interface Step<Result> {
  /** Runs it on this thread. */
  now(): Result;
  /** Runs it on another thread; what waits in it ends with the signal. */
  later(signal: AbortSignal | undefined): Promise<Result>;
}

/** Work in steps, written once for its synchronous and asynchronous forms. */
export type Steps<Result> = Generator<Step<unknown>, Result, unknown>;

/**
 * Runs a step of the surrounding work: `yield* step(…)`.
 *
 * @param work The step.
 * @returns Its result; throws its failure.
 */
export function* step<Result>(work: Step<Result>): Steps<Result> {
  return (yield work) as Result;
}

/**
 * Runs work and blocks until it is done.
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
 * Runs work without blocking the event loop during its steps.
 *
 * @param steps The work.
 * @param signal Ends the work between two steps.
 * @returns Its result; rejects with its failure, or with the signal's reason
 * if it was aborted before the last step.
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
      result = await turn.value.later(signal);
    } catch (error) {
      turn = steps.throw(signal?.aborted ? signal.reason : error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
}
