/**
 * Loaded before tests on Windows: ignores those that cannot run there.
 *
 * @module
 */

import { WINDOWS_TESTS } from "./windows_exclusions.ts";

const STARTS = Object.keys(WINDOWS_TESTS);
const define = Deno.test;

function test(name: string, body: () => void | Promise<void>): void {
  const isExcluded = STARTS.some((start) => name.startsWith(start));
  (isExcluded ? define.ignore : define)(name, body);
}

Object.assign(Deno, { test: Object.assign(test, define) });
