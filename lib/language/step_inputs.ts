import type { Rotation } from "./rotation.ts";
import type { StepRow } from "./step_queue.ts";

/** How much a call computes. */
export interface StepSize {
  /** How many sequences it continues. */
  readonly batch: number;
  /** How many tokens it adds to each. */
  readonly chunk: number;
}

/**
 * Makes the inputs of a call, without the caches: tokens, positions, which token of
 * each sequence is the last, and angles.
 *
 * @param rotation How queries and keys turn.
 * @param size How much the call computes.
 * @param rows The sequences; others are zeros.
 */
export function stepInputs(
  rotation: Rotation,
  { batch, chunk }: StepSize,
  rows: readonly Pick<StepRow, "tokens" | "position">[],
): readonly [
  Int32Array<ArrayBuffer>,
  Int32Array<ArrayBuffer>,
  Int32Array<ArrayBuffer>,
  Float32Array<ArrayBuffer>,
] {
  const width = 2 * chunk * rotation.size;
  const tokens = new Int32Array(batch * chunk);
  const positions = new Int32Array(batch);
  const last = new Int32Array(batch);
  const angles = new Float32Array(batch * width);
  rows.forEach((row, at) => {
    tokens.set(row.tokens, at * chunk);
    positions[at] = row.position;
    last[at] = row.tokens.length - 1;
    rotation.write(angles, at * width, row.position, chunk);
  });
  return [tokens, positions, last, angles];
}
