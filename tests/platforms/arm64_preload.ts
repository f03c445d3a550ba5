/**
 * Loaded before tests on arm64: ignores those that cannot run there.
 *
 * @module
 */

import { ARM64_TESTS } from "./arm64_exclusions.ts";
import { ignoreTests } from "./ignore_tests.ts";

const STARTS = Object.keys(ARM64_TESTS);

ignoreTests((title) => STARTS.some((start) => title.startsWith(start)));
