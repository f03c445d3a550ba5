/**
 * Runs `iree run` beside the program that it must match.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  execute,
  iree,
  type Output,
  type RunOptions,
  tool,
} from "../support.ts";

/**
 * Runs `iree-run-module`.
 *
 * @param args Its arguments.
 * @param options The working directory, stdin and environment.
 */
export function peer(args: string[], options?: RunOptions): Promise<Output> {
  return execute(tool("iree-run-module"), args, options);
}

/**
 * Arguments that run a function.
 *
 * @param modules The modules, in order.
 * @param name The function.
 * @param inputs Its arguments.
 */
export function call(
  modules: string[],
  name: string,
  ...inputs: (string | number)[]
): string[] {
  return [
    ...modules.map((module) => `--module=${module}`),
    `--function=${name}`,
    ...inputs.map((input) => `--input=${input}`),
  ];
}

/** The output and exit status of both. */
export interface Both {
  theirs: Output;
  ours: Output;
}

/**
 * Runs `iree-run-module` and `iree run` with the same arguments.
 *
 * @param args The arguments.
 * @param options The working directory, stdin and environment.
 */
export async function runBoth(
  args: string[],
  options?: RunOptions,
): Promise<Both> {
  const [theirs, ours] = await Promise.all([
    peer(args, options),
    iree(["run", ...args], options),
  ]);
  return { theirs, ours };
}

/**
 * Asserts that both succeed and print the same.
 *
 * @param args The arguments.
 * @param options The working directory, stdin and environment.
 * @returns The output of both.
 */
export async function assertSame(
  args: string[],
  options?: RunOptions,
): Promise<string> {
  const { theirs, ours } = await runBoth(args, options);
  const command = args.join(" ");
  assertEquals([theirs.code, theirs.stderr], [0, ""], `theirs: ${command}`);
  assert(theirs.stdout.startsWith("EXEC @"), `theirs: ${command}`);
  assertEquals(ours, theirs, command);
  return ours.stdout;
}

/**
 * Asserts that both print the same, then fail with the same code and words.
 *
 * @param args The arguments.
 * @param code The status code.
 * @param words The words; quotes count as backticks.
 * @param options The working directory, stdin and environment.
 * @returns The output of `iree run`.
 */
export async function assertBothFail(
  args: string[],
  code: string,
  words: string,
  options?: RunOptions,
): Promise<Output> {
  const { theirs, ours } = await runBoth(args, options);
  const command = args.join(" ");
  assertEquals(theirs.code, 1, `theirs: ${command}\n${theirs.stderr}`);
  assertStringIncludes(theirs.stderr, code);
  assertStringIncludes(theirs.stderr.replaceAll("`", "'"), words);
  assertEquals([ours.code, ours.stdout], [1, theirs.stdout], command);
  assert(ours.stderr.startsWith(`error: ${code}: `), ours.stderr);
  assertStringIncludes(ours.stderr.replaceAll("`", "'"), words);
  return ours;
}

/**
 * Processes items, several at a time.
 *
 * @param items The items.
 * @param work Processes one item.
 */
export async function forEach<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  assert(items.length > 0);
  const size = Math.max(2, navigator.hardwareConcurrency);
  for (let start = 0; start < items.length; start += size) {
    await Promise.all(items.slice(start, start + size).map(work));
  }
}
