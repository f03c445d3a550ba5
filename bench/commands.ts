/**
 * Commands that are measured as processes, and the flags of
 * `iree-benchmark-module`. They run in the folder with the programs.
 *
 * @module
 */

import { join } from "@std/path";
import { MAIN } from "../release/bundle.ts";
import { variable } from "../tests/environment.ts";
import { denoFlags, ROOT, tool } from "../tests/support.ts";

const MODEL = ["--device=local-task"];
const MATRIX = "--input=512x512xf32=1";

/** Flags of `iree-benchmark-module` by workload. */
export const BENCHMARK_FLAGS: Readonly<Record<string, readonly string[]>> = {
  add: flags("scalars", "add", "--input=1", "--input=2"),
  mixed: flags(
    "scalars",
    "mixed",
    ..."7 2 0.5 0.25 1 3 1.5 4".split(" ").map((it) => `--input=${it}`),
  ),
  module: [
    "--module=./module.so",
    ...flags("through", "scale", "--input=21"),
  ],
  mul: flags(
    "tensors",
    "mul",
    "--device=local-sync",
    "--input=4xf32=1,2,3,4",
    "--input=4xf32=2",
  ),
  matmul: flags("tensors", "matmul", ...MODEL, MATRIX, MATRIX),
  convnet: flags(
    "convnet",
    "classify",
    ...MODEL,
    "--input=1x3x64x64xf32=@image.bin",
  ),
};

function flags(
  program: string,
  name: string,
  ...rest: string[]
): readonly string[] {
  return [`--module=${program}.vmfb`, `--function=${name}`, ...rest];
}

const RUN_ADD = [
  "--module=scalars.vmfb",
  "--function=add",
  "--input=1",
  "--input=2",
];

function deno(...args: string[]): readonly string[] {
  const [first, ...rest] = args;
  return [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    ...denoFlags(),
    join(ROOT, first),
    ...rest,
  ];
}

/** The bundled command line in the folder. */
export const BUNDLE = "cli";

/**
 * A second one. Deno's cache keeps the code of a file for one set of V8 flags.
 */
export const LAZY_BUNDLE = "cli_lazy";

/** The bundle with the flag that docs/installing.md recommends. */
function bundled(...args: string[]): readonly string[] {
  const main = `${BUNDLE}/${MAIN}`;
  return [Deno.execPath(), "run", "-A", "--v8-flags=--no-lazy", main, ...args];
}

/** This run's executable of `./dev compile` in the folder. */
export const EXECUTABLE = `iree.${Deno.pid}`;

/** The folder in which the executable places its files. */
export const EXECUTABLE_CACHE = `${EXECUTABLE}.cache`;

/** Commands by workload. */
export const COMMANDS: Readonly<Record<string, () => readonly string[]>> = {
  iree_run_bundled: () => bundled("run", ...RUN_ADD),
  iree_run_help: () => bundled("run", "--help"),
  iree_run_lazy: () => [
    ...[Deno.execPath(), "run", "-A", `${LAZY_BUNDLE}/${MAIN}`],
    ...["run", ...RUN_ADD],
  ],
  iree_run_executable: () => [`./${EXECUTABLE}`, "run", ...RUN_ADD],
  iree_run: () => deno("cli.ts", "run", ...RUN_ADD),
  // As pip installs it: a script of Python that starts the program.
  iree_run_module: () => [
    join(variable("IREE_DENO_TOOLS"), "iree-run-module"),
    ...RUN_ADD,
  ],
  iree_run_module_program: () => [tool("iree-run-module"), ...RUN_ADD],
  start_deno: () => deno("bench/start/nothing.ts"),
  start_imports: () => deno("bench/start/imports.ts"),
  start_library: () => deno("bench/start/library.ts"),
};
