/**
 * Selects the tests that run on another platform.
 *
 * @module
 */

import { WINDOWS_FILES } from "./windows_exclusions.ts";

/** The platforms of `./dev test --platform`. */
export type PlatformName = "linux-arm64" | "glibc-2.31" | "windows";

/** Tests that cannot run there, by the start of their paths, each with why. */
export const EXCLUDED: Readonly<
  Record<PlatformName, Readonly<Record<string, string>>>
> = {
  "linux-arm64": {
    "tests/bench_models_test.ts": "measures time",
    "tests/bench_test.ts": "measures time",
    "tests/benchmark/": "measures time",
    "tests/boundary_test.ts": "reads sources",
    "tests/cli/differential/":
      "compares with IREE's tools, which are for x86-64",
    "tests/cli/executable/":
      "starts executables for arm64 without the emulator",
    "tests/compiler/": "loads the compiler, which is for x86-64",
    "tests/dev/": "tests the script of this machine",
    "tests/docs": "compiles programs for this machine",
    "tests/examples_test.ts": "compiles programs for this machine",
    "tests/gpu/": "compares with IREE's tools, which are for x86-64",
    "tests/language/bad_files_test.ts":
      "loads the compiler, which is for x86-64",
    "tests/language/batch_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/chat_": "loads the compiler, which is for x86-64",
    "tests/language/generation_test.ts":
      "loads the compiler, which is for x86-64",
    "tests/language/jinja_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/json_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/logits_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/nothing_half_made_test.ts":
      "loads the compiler, which is for x86-64",
    "tests/language/session_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/text_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/truncated_files_test.ts":
      "loads the compiler, which is for x86-64",
    "tests/language/tuning_test.ts": "loads the compiler, which is for x86-64",
    "tests/language/weights_test.ts": "loads the compiler, which is for x86-64",
    "tests/models/": "loads the compiler, which is for x86-64",
    "tests/notebook/": "starts Jupyter, which is for x86-64",
    "tests/offline/": "tests stand-ins for packages",
    "tests/onnx/": "loads the compiler, which is for x86-64",
    "tests/platforms/": "tests this list",
    "tests/release/": "packages the library of this machine",
    "tests/run/": "tests the script of this machine",
    "tests/sanitizers/": "needs a sanitized library",
    "tests/serve/": "starts clients that are for x86-64",
    "tests/tuning/": "loads the compiler, which is for x86-64",
    "tests/voice/": "reads sources",
    "tests/vulkan/": "needs a driver for x86-64",
  },
  "glibc-2.31": {
    "tests/bench_test.ts": "measures time",
    "tests/benchmark/": "measures time",
    "tests/boundary_test.ts": "reads sources",
    "tests/compiler/": "loads the compiler, which needs a newer libstdc++",
    "tests/dev/": "tests the script of this machine",
    "tests/docs": "compiles modules with this machine's compiler",
    "tests/models/": "loads the compiler, which needs a newer libstdc++",
    "tests/notebook/": "starts Jupyter, which starts this machine's Deno",
    "tests/offline/": "tests stand-ins for packages",
    "tests/onnx/": "loads the compiler, which needs a newer libstdc++",
    "tests/platforms/": "tests this list",
    "tests/release/": "packages the library of this machine",
    "tests/run/": "tests the script of this machine",
    "tests/sanitizers/": "needs a sanitized library",
    "tests/tuning/": "loads the compiler, which needs a newer libstdc++",
    "tests/voice/": "reads sources",
    "tests/vulkan/": "needs a driver for a newer system",
  },
  windows: WINDOWS_FILES,
};

/**
 * Lists the test files that run on another platform.
 *
 * @param root Root of the checkout.
 * @param platform The platform.
 * @param folder The folder that they are in.
 * @returns Their paths from the root, sorted.
 */
export function selectTests(
  root: string,
  platform: PlatformName,
  folder = "tests",
): string[] {
  const paths: string[] = [];
  const walk = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(`${root}/${folder}`)) {
      const path = `${folder}/${name}`;
      if (isDirectory) walk(path);
      else if (name.endsWith("_test.ts")) paths.push(path);
    }
  };
  walk(folder.replace(/\/$/, ""));
  const excluded = Object.keys(EXCLUDED[platform]);
  return paths.filter((path) => !excluded.some((it) => path.startsWith(it)))
    .sort();
}
