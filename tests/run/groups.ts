/**
 * Splits all test files into groups that run at the same time, each in a
 * process of its own.
 *
 * @module
 */

/** Files that take minutes. They start first and alone. */
const LONGEST: readonly string[] = [
  "tests/docs_test.ts",
  "tests/cli/differential/differential_test.ts",
  "tests/ownership/lifetime_orders_test.ts",
  "tests/cli/new_test.ts",
  "tests/inspect/typescript_test.ts",
];

/**
 * Tests of scripts, packages, types and measurements: a sanitizer finds nothing
 * there that it would not find in others.
 */
const UNSANITIZED: readonly string[] = [
  "tests/bench_models_test.ts",
  "tests/bench_test.ts",
  "tests/boundary_test.ts",
  "tests/dev/",
  "tests/gpu/",
  "tests/offline/",
  "tests/program/consumer_test.ts",
  "tests/inspect/typescript_test.ts",
  "tests/release/",
  "tests/run/",
  "tests/voice/",
  "tests/vulkan/suites_test.ts", // those tests run sanitized on the CPU
];

/** A process takes its time to start, and longer under a sanitizer. */
const FILES_PER_GROUP = 12;

/**
 * Finds all test files and puts them into groups: each of the longest files
 * alone, then the files of one folder after the other.
 *
 * @param root Root of the checkout.
 * @param sanitized Whether to leave out tests without native code.
 * @returns The groups' paths from the root, in the order in which they start.
 */
export function groupTests(root: string, sanitized: boolean): string[][] {
  const isWanted = (path: string): boolean =>
    !sanitized || !UNSANITIZED.some((start) => path.startsWith(start));
  const folders = new Map<string, string[]>();
  for (const path of testFiles(root, "tests").filter(isWanted)) {
    if (LONGEST.includes(path)) continue;
    const folder = path.split("/").slice(0, 2).join("/");
    const room = folder.endsWith(".ts") ? "tests" : folder;
    folders.set(room, [...folders.get(room) ?? [], path]);
  }
  const groups = LONGEST.filter(isWanted).map((path) => [path]);
  const bySize = [...folders.values()].sort((a, b) => b.length - a.length);
  for (const files of bySize) {
    for (let from = 0; from < files.length; from += FILES_PER_GROUP) {
      groups.push(files.slice(from, from + FILES_PER_GROUP));
    }
  }
  return groups;
}

function testFiles(root: string, folder: string): string[] {
  const paths: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(`${root}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...testFiles(root, path));
    else if (name.endsWith("_test.ts")) paths.push(path);
  }
  return paths.sort();
}
