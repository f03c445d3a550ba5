/**
 * A program and the C++ module that it imports from, linked when both are
 * loaded.
 *
 *     main.ts LIBRARY PROGRAM
 *
 * @module
 */

import { IreeError, load } from "@iree/runtime";

/** The functions of the program. */
interface Game {
  total(count: number, sides: number): number;
}

const [library, program] = Deno.args;

/** Adds up three rolls, twice, with separate dice. */
function play(seed: number): number[] {
  // The module comes first: the program imports from it.
  const modules = [`${library}?seed=${seed}`, program];
  using game = load<Game>({ modules });
  return [game.total(3, 6), game.total(3, 6)];
}

console.log("seed 1:", play(1));
console.log("seed 1:", play(1));
console.log("seed 2:", play(2));

using game = load<Game>({ modules: [library, program] });
try {
  game.total(1, 0);
} catch (error) {
  if (!(error instanceof IreeError)) throw error;
  console.log(error.code, error.detail.split(";")[0]);
}
