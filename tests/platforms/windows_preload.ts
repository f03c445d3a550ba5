/**
 * Loaded before tests on Windows: ignores those that cannot run there.
 *
 * @module
 */

import { isExcludedOnWindows } from "./windows_exclusions.ts";

const define = Deno.test;

function test(name: string, body: () => void | Promise<void>): void {
  (isExcludedOnWindows(name) ? define.ignore : define)(name, body);
}

Object.assign(Deno, { test: Object.assign(test, define) });
