/**
 * Shared by the tests: fixtures compiled once and cached by content, the peers'
 * tools, and tests that end with zero live native allocations.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { basename, dirname, fromFileUrl, join, toFileUrl } from "@std/path";
import { Device, Instance, IreeError, runtime } from "../mod.ts";
import { LIBRARY_ENTRIES } from "../release/entries.ts";
import { bundledCommandLine } from "./bundled.ts";
import { findTool } from "./peer_tool.ts";
import "./sanitizers/blame.ts";

/** Root of the repository. */
export const ROOT: string = fromFileUrl(new URL("..", import.meta.url));

/** The start of a script: everything that the package exports, as `iree`. */
export const IMPORT_ALL: string = [
  ...LIBRARY_ENTRIES.map((path, index) =>
    `import * as part${index} from ` +
    `${JSON.stringify(toFileUrl(join(ROOT, path)).href)};`
  ),
  `const iree = { ${LIBRARY_ENTRIES.map((_, at) => `...part${at}`).join()} };`,
].join("\n");

/** Compiler flags of a sanitized library; modules are built with them too. */
export const SANITIZE: readonly string[] =
  Deno.env.get("DEV_SANITIZE") === "address"
    ? ["-fsanitize=address", "-fno-omit-frame-pointer", "-g1"]
    : [];

/** Programs that load nothing of ours; rustc crashes under the sanitizer. */
const TOOLS: ReadonlySet<string> = new Set(
  "c++ cargo cc cmake iree-as-module iree-compile nm pkg-config readelf"
    .split(" "),
);

/** Flags of programs for the platform of `./dev test --platform`. */
const TARGET_FLAGS: readonly string[] = [
  Deno.env.get("DEV_PROGRAM_TARGET"),
].flatMap((triple) =>
  triple === undefined ? [] : [`--iree-llvmcpu-target-triple=${triple}`]
);

/** The library under test. */
export const LIBRARY: string = variable("IREE_RUNTIME_LIBRARY");

/** Prefix of the SDK for native modules. */
export const SDK: string = variable("IREE_DENO_SDK");

/** Deno's compile cache, for processes with another cache. */
export const DENO_DIR: string = Deno.env.get("DENO_DIR") ??
  join(
    Deno.env.get("XDG_CACHE_HOME") ?? join(variable("HOME"), ".cache"),
    "deno",
  );

// Opens the library here, so that no test is blamed for the resource.
Instance.open({ bindAll: true }).dispose();

/**
 * Defines a test that must end with zero live native allocations.
 *
 * @param name The behaviour that it shows.
 * @param body The test; it disposes everything it makes.
 */
export function test(name: string, body: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    assertEquals(runtime.statistics.liveAllocations, 0, "live before the test");
    await body();
    assertEquals(runtime.statistics.liveAllocations, 0, "live after the test");
    assertEquals(runtime.statistics.liveBytes, 0, "live after the test");
    assertEquals(runtime.statistics.hostValues, 0, "held after the test");
  });
}

/** For children that crash, which a sanitizer would report. */
export const unsanitized: typeof test = Deno.env.has("DEV_SANITIZE")
  ? (name, body) => Deno.test.ignore(name, body)
  : test;

/**
 * Returns the error that a promise rejects with.
 *
 * @param promise A promise that must reject with an IreeError.
 */
export async function failureOf(promise: Promise<unknown>): Promise<IreeError> {
  const error = await promise.then(() => undefined, (error) => error);
  if (error instanceof IreeError) return error;
  throw new Error(`no failure but ${error}`);
}

/** Opens a device, and disposes everything that a test made. */
export function withDevice(
  body: (device: Device, instance: Instance) => void,
  uri = "local-sync",
): void {
  using instance = Instance.open();
  using device = Device.create(instance, uri);
  body(device, instance);
}

const foundTools = new Map<string, string>();

/**
 * Path of a peer's tool.
 *
 * @param name Its name, such as `iree-run-module`.
 */
export function tool(name: string): string {
  const known = foundTools.get(name);
  if (known !== undefined) return known;
  const path = findTool(variable("IREE_DENO_TOOLS"), name);
  foundTools.set(name, path);
  return path;
}

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

const SANITIZER_OPTIONS = Deno.env.get("ASAN_OPTIONS");

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
 * Compiles a program, unless it is cached.
 *
 * @param name Path of the `.mlir` under `tests/fixtures`, or from the root of
 * the repository; its first line, `// RUN: iree-compile FLAGS`, has the flags.
 * @param more Additional flags.
 * @returns Path of the `.vmfb`.
 */
export async function program(
  name: string,
  more: readonly string[] = [],
): Promise<string> {
  const path = join(ROOT, name.includes("/") ? name : `tests/fixtures/${name}`);
  const source = await Deno.readTextFile(path);
  const flags = /^\/\/ RUN: iree-compile(.*)\n/.exec(source)?.[1];
  if (flags === undefined) throw new Error(`no RUN line in ${path}`);
  const output = `${basename(name, ".mlir")}.vmfb`;
  const inputs = [source, ...more, ...TARGET_FLAGS];
  return await cached(output, inputs, async (target) => {
    const own = flags.split(" ").filter(Boolean).concat(TARGET_FLAGS);
    const args = [...own, ...more, path, "-o", target];
    await mustRun(tool("iree-compile"), args);
  });
}

/**
 * Compiles a native module against the SDK, unless it is cached.
 *
 * @param name Path of the source under `native/`.
 * @returns Path of the library.
 */
export async function nativeModule(name: string): Promise<string> {
  const path = join(ROOT, "native", name);
  const source = await Deno.readTextFile(path);
  const header = source.includes('#include "module.h"')
    ? await Deno.readTextFile(join(dirname(path), "module.h"))
    : "";
  const output = `${basename(name).replace(/\.\w+$/, "")}.so`;
  const key = [source, header, SDK, ...SANITIZE];
  return await cached(output, key, async (target) => {
    const args = await moduleCompilerArguments(path, target);
    await mustRun("c++", [...SANITIZE, ...args]);
  });
}

/** The sample module of the documentation. */
export function sampleModule(): Promise<string> {
  return nativeModule("samples/custom_module/module.cc");
}

/** The sample program of the documentation. */
export function sampleProgram(): Promise<string> {
  return program("native/samples/custom_module/example.mlir");
}

/**
 * Arguments of `c++` that build a native module, as in the README.
 *
 * @param source The source.
 * @param target The library to write.
 */
export async function moduleCompilerArguments(
  source: string,
  target: string,
): Promise<string[]> {
  const flags = await mustRun(
    "pkg-config",
    ["--cflags", "--libs", "iree-runtime"],
    { env: { PKG_CONFIG_PATH: join(SDK, "lib/pkgconfig") } },
  );
  const isC = source.endsWith(".c");
  return [
    ...(isC ? ["-xc"] : ["-std=c++17"]),
    "-shared",
    "-fPIC",
    source,
    ...(isC ? [] : flags.trim().split(/\s+/)),
    "-o",
    target,
  ];
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

/** A folder that is removed when it goes out of scope. */
export class TemporaryFolder implements Disposable {
  /** Its path. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "iree_deno_" });

  /** Joins a path in the folder. */
  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Removes it with its contents. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Keeps compilations apart that run at the same time in this process. */
let partials = 0;

/**
 * Makes a file, unless it is cached.
 *
 * @param name Its name.
 * @param inputs What it is made from.
 * @param make Makes it.
 * @returns Its path.
 */
export async function cached(
  name: string,
  inputs: string[],
  make: (target: string) => Promise<void>,
): Promise<string> {
  const bytes = new TextEncoder().encode(inputs.join("\0"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const key = new Uint8Array(digest).toHex().slice(0, 20);
  const folder = join(variable("IREE_DENO_CACHE"), "fixtures", key);
  const path = join(folder, name);
  if (await isFile(path)) return path;
  await Deno.mkdir(folder, { recursive: true });
  const partial = `${path}.${Deno.pid}.${++partials}`;
  await make(partial);
  await Deno.rename(partial, path);
  return path;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function variable(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined) throw new Error(`${name} is not set; use ./dev`);
  return value;
}
