/**
 * Loaded before tests on Windows: ignores those that cannot run there.
 *
 * @module
 */

import { WINDOWS_TESTS } from "./windows_exclusions.ts";

const define = Deno.test;

function test(name: string, body: () => void | Promise<void>): void {
  const isExcluded = Object.hasOwn(WINDOWS_TESTS, name);
  (isExcluded ? define.ignore : define)(name, body);
}

Object.assign(Deno, { test: Object.assign(test, define) });
