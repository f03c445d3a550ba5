/**
 * Programs and native modules of the tests, built once and cached by content.
 *
 * @module
 */

import { basename, dirname, join } from "@std/path";
import { ROOT, SANITIZE, SDK, tool, variable } from "./environment.ts";
import { mustRun } from "./processes.ts";

/** Flags of programs for the platform of `./dev test --platform`. */
const TARGET_FLAGS: readonly string[] = [
  Deno.env.get("DEV_PROGRAM_TARGET"),
].flatMap((triple) =>
  triple === undefined ? [] : [`--iree-llvmcpu-target-triple=${triple}`]
);

const VULKAN_TARGET = "--iree-vulkan-target=llvmpipe";

/** Flags that compile a program for Vulkan, in place of those for the CPU. */
function flagsForVulkan(flags: readonly string[]): string[] {
  const backend = /^--iree-hal-target-backends=(?:llvm-cpu|vmvx)$/;
  const device = "--iree-hal-target-device=local";
  return flags.flatMap((flag) =>
    backend.test(flag)
      ? ["--iree-hal-target-backends=vulkan-spirv", VULKAN_TARGET]
      : flag === device
      ? ["--iree-hal-target-device=vulkan", VULKAN_TARGET]
      : /^--iree-(?:llvmcpu|hal-local-target-device-backends)/.test(flag)
      ? []
      : [flag]
  );
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
  const isVulkan = Deno.env.has("DEV_VULKAN_LOADER");
  const inputs = [
    source,
    ...more,
    ...TARGET_FLAGS,
    ...isVulkan ? ["vulkan"] : [],
  ];
  return await cached(output, inputs, async (target) => {
    const own = flags.split(" ").filter(Boolean).concat(TARGET_FLAGS, more);
    const args = [...isVulkan ? flagsForVulkan(own) : own, path, "-o", target];
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
