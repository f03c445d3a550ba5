/**
 * Programs, scripts and this checkout's command line in processes of their own.
 *
 * @module
 */

import { basename, join, toFileUrl } from "@std/path";
import { LIBRARY_ENTRIES } from "../release/entries.ts";
import { bundledCommandLine } from "./bundled.ts";
import { ROOT, variable } from "./environment.ts";
import { takeCheckerCrash } from "./sanitizers/checker_crash.ts";

/** The start of a script: everything that the package exports, as `iree`. */
export const IMPORT_ALL: string = [
  ...LIBRARY_ENTRIES.map((path, index) =>
    `import * as part${index} from ` +
    `${JSON.stringify(toFileUrl(join(ROOT, path)).href)};`
  ),
  `const iree = { ${LIBRARY_ENTRIES.map((_, at) => `...part${at}`).join()} };`,
].join("\n");

/** Programs that load nothing of ours; rustc crashes under the sanitizer. */
const TOOLS: ReadonlySet<string> = new Set(
  "c++ cargo cc cmake iree-as-module iree-compile nm pkg-config readelf"
    .split(" "),
);

/** A program's output and exit status. */
export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** Options for running a program. */
export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  stdin?: Uint8Array<ArrayBuffer>;
  /** Kills the program. */
  readonly signal?: AbortSignal;
}

const SANITIZER_OPTIONS = Deno.env.get("ASAN_OPTIONS");

/**
 * Runs a program to its end.
 *
 * @param command The program.
 * @param args Its arguments.
 * @param options The working directory, stdin and environment.
 */
export async function execute(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<Output> {
  const { pid, ...output } = await executeOnce(command, args, options);
  const sanitizer = options.env?.ASAN_OPTIONS ?? SANITIZER_OPTIONS;
  if (!await takeCheckerCrash(basename(command), pid, sanitizer)) return output;
  const { pid: _, ...again } = await executeOnce(command, args, options);
  return again;
}

async function executeOnce(
  command: string,
  args: string[],
  options: RunOptions,
): Promise<Output & { readonly pid: number }> {
  const { stdin, cwd, signal } = options;
  // Environment that loads the sanitizer.
  const preload: Record<string, string> = TOOLS.has(basename(command))
    ? { LD_PRELOAD: "" }
    : {};
  const env = { NO_COLOR: "1", ...preload, ...options.env };
  const child = new Deno.Command(command, {
    args,
    cwd,
    env,
    signal,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(stdin);
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    pid: child.pid,
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Runs this checkout's command line in a separate process, as a bundle.
 *
 * @param args Its arguments.
 * @param options The working directory, stdin and environment.
 */
export async function iree(
  args: string[],
  options?: RunOptions,
): Promise<Output> {
  const cache = variable("IREE_DENO_CACHE");
  const main = await bundledCommandLine(ROOT, cache, denoFlags());
  const run = ["run", "-A", "--no-config", main];
  const env = { ...leakOptions(args), ...options?.env };
  return await execute(Deno.execPath(), [...run, ...args], { ...options, env });
}

/**
 * The environment in which a sanitized process does not look for its leaks when
 * it ends, which takes three quarters of its time.
 */
export const WITHOUT_LEAKS: Readonly<Record<string, string>> =
  SANITIZER_OPTIONS === undefined
    ? {}
    : { ASAN_OPTIONS: `${SANITIZER_OPTIONS}:detect_leaks=0` };

/** Commands whose leaks were looked for, with the names of their flags. */
const leakFree = new Set<string>();

/**
 * Looks for leaks of a command with the same flags once: tests of the same
 * calls in one process count what is live.
 */
function leakOptions(
  args: readonly string[],
): Readonly<Record<string, string>> {
  const [command, ...rest] = args;
  const flags = rest.filter((it) => it.startsWith("-"))
    .map((it) => it.split("=")[0]);
  const form = [command, ...new Set(flags.sort())].join(" ");
  const isKnown = leakFree.has(form);
  leakFree.add(form);
  return isKnown ? WITHOUT_LEAKS : {};
}

/**
 * Runs this checkout's command line in a separate process, as its sources: for
 * what depends on where they are.
 *
 * @param args Its arguments.
 * @param options The working directory, stdin and environment.
 */
export function ireeOfSources(
  args: string[],
  options?: RunOptions,
): Promise<Output> {
  return execute(
    Deno.execPath(),
    ["run", "-A", ...denoFlags(), join(ROOT, "cli.ts"), ...args],
    options,
  );
}

/** Flags that give a new Deno process this one's imports. */
export function denoFlags(): string[] {
  // Maps the bare names to the sources that this process uses.
  const resolved = import.meta.resolve("@std/path");
  return resolved.startsWith("file:")
    ? [`--import-map=${join(ROOT, "tests/offline/import_map.json")}`]
    : [`--config=${join(ROOT, "deno.json")}`];
}

/**
 * Runs a program that must succeed.
 *
 * @returns Its output.
 */
export async function mustRun(
  command: string,
  args: string[],
  options?: RunOptions,
): Promise<string> {
  const { code, stdout, stderr } = await execute(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: exit ${code}\n${stderr}`);
}
