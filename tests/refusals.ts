/**
 * Values that functions reject as arguments.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Argument, IreeError, type LoadedProgram } from "../mod.ts";

/** A value that a function rejects as its first argument, and the message. */
export type Refusal = readonly [name: string, value: unknown, words: string];

/**
 * Asserts that functions reject values before they run.
 *
 * @param loaded The program.
 * @param refusals The values.
 */
export function assertRefused(
  loaded: LoadedProgram,
  refusals: readonly Refusal[],
): void {
  for (const [name, value, words] of refusals) {
    const rest = loaded.lookupFunction(name).argumentTypes.slice(1).map(() =>
      1
    );
    const error = assertThrows(
      () => loaded.call(name, value as Argument, ...rest),
      IreeError,
      `argument 0 of '${name}'${words.startsWith("must ") ? "" : ":"} ${words}`,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.hint ?? "", `the function is declared as`);
  }
}
