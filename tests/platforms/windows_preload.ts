/**
 * Loaded before tests on Windows: ignores those that cannot run there.
 *
 * @module
 */

import { ignoreTests } from "./ignore_tests.ts";
import { isExcludedOnWindows } from "./windows_exclusions.ts";

ignoreTests(isExcludedOnWindows);
