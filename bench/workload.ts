/**
 * The interface of a workload for its runners: the server that `run.ts`
 * measures, and the `deno bench` files.
 *
 * @module
 */

import { join } from "@std/path";

/** A workload, ready to run. */
export interface Runner extends Disposable {
  /** Makes the inputs that one run consumes; not timed. */
  before?(): void;
  /** Does the work repeatedly; only this is timed. */
  run(count: number): void | Promise<void>;
}

/**
 * Sets a workload up and checks its result.
 *
 * @param folder The folder with the compiled programs.
 */
export type Prepare = (folder: string) => Runner | Promise<Runner>;

/** Workloads by name; the names are the same for every contestant. */
export type Workloads = Readonly<Record<string, Prepare>>;

/**
 * A runner that repeats a step and owns the step's resources.
 *
 * @param stack Resources to dispose at the end.
 * @param step The work.
 */
export function repeating(stack: DisposableStack, step: () => void): Runner {
  const owned = stack.move();
  return {
    run(count) {
      for (let i = 0; i < count; i++) step();
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** Throws if the computed values are wrong. */
export function expect(right: boolean, what: string): void {
  if (!right) throw new Error(`wrong result: ${what}`);
}

/** The convolutional network's input image. */
export function testImage(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => i % 256 / 255);
}

/**
 * Throws unless the network's scores match IREE's own tool.
 *
 * @param folder The folder with the compiled programs.
 * @param scores The computed scores.
 */
export function expectScores(folder: string, scores: Float32Array): void {
  const bytes = Deno.readFileSync(join(folder, "scores.bin"));
  const expected = new Float32Array(bytes.buffer);
  expect(
    scores.length === expected.length &&
      expected.every((it, i) => Math.abs(it - scores[i]) < 1e-4),
    `scores must be ${expected}, got ${scores}`,
  );
}
