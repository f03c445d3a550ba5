/**
 * The mutated program of a case.
 *
 * @module
 */

import { type Mutant, mutate } from "./bytecode.ts";
import type { Fixtures } from "./fixtures.ts";
import { Random } from "./random.ts";

const programs = new Map<string, Uint8Array<ArrayBuffer>>();

/**
 * Makes the mutated program of a case.
 *
 * @param fixtures The programs to choose from.
 * @param seed Seed of the run.
 * @param number Number of the case.
 */
export function mutantOf(
  fixtures: Fixtures,
  seed: number,
  number: number,
): Mutant {
  const random = new Random(seed, number);
  const read = (path: string): Uint8Array<ArrayBuffer> => {
    const bytes = programs.get(path) ?? Deno.readFileSync(path);
    programs.set(path, bytes);
    return bytes;
  };
  const program = random.pick(fixtures.programs);
  const other = random.pick(fixtures.programs);
  return mutate(read(program), read(other), random);
}
