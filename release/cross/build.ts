/**
 * Builds the native library for another platform with zig.
 *
 * A build is kept in the cache, keyed by everything that makes it.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";
import { PLATFORMS, type Triple } from "../../ffi/library/platform.ts";
import { checkLibrary, declaredFunctions, readFacts } from "./check.ts";
import { CROSS_TARGETS, type CrossTarget } from "./targets.ts";
import { placeTools } from "./tools.ts";

/** What `./dev` sets up for builds of other platforms. */
export interface CrossEnvironment {
  /** The cache of `./dev`. */
  readonly cache: string;
  /** Folder with cmake, ninja and the Python that has IREE's host tools. */
  readonly tools: string;
  /** The Python that has zig. */
  readonly python: string;
  /** IREE's sources. */
  readonly sources: string;
  /** Key of `native/`, which `./dev key` prints. */
  readonly key: string;
}

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** Reads what `./dev` sets up. */
export function readEnvironment(): CrossEnvironment {
  const read = (name: string): string => {
    const value = Deno.env.get(name);
    if (value === undefined) throw new Error(`${name} is not set; use ./dev`);
    return value;
  };
  return {
    cache: read("IREE_DENO_CACHE"),
    tools: read("IREE_DENO_TOOLS"),
    python: read("IREE_DENO_CROSS_PYTHON"),
    sources: read("IREE_DENO_SOURCES"),
    key: read("IREE_DENO_RUNTIME_KEY"),
  };
}

/**
 * Builds and checks the library for a platform, unless the cache has it.
 *
 * @param triple The platform.
 * @param environment What `./dev` sets up.
 * @returns The folder of the SDK, as `./dev sdk` prints it.
 */
export async function buildFor(
  triple: Triple,
  environment: CrossEnvironment,
): Promise<string> {
  const { cache } = environment;
  const target = CROSS_TARGETS[triple];
  const key = await keyOf(target, environment);
  const sdk = join(cache, "runtime", `${key}-${triple}`);
  await Deno.mkdir(dirname(sdk), { recursive: true });
  // One at a time: a second process finds the first one's build.
  using lock = await Deno.open(join(cache, "cross-lock"), {
    write: true,
    create: true,
  });
  await lock.lock(true);
  if (await exists(sdk)) return sdk;
  await removeUnfinished(cache);
  const folder = await Deno.makeTempDir({ dir: cache, prefix: UNFINISHED });
  try {
    await new Build(triple, target, environment, folder).run();
    await mustBeSound(triple, folder, environment);
    await Deno.rename(join(folder, "sdk"), sdk);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return sdk;
}

/** Start of the names of folders with a build in progress. */
const UNFINISHED = "cross.";

/** Removes the folders of builds that were killed; the lock says that none runs. */
async function removeUnfinished(cache: string): Promise<void> {
  for await (const { name } of Deno.readDir(cache)) {
    if (!name.startsWith(UNFINISHED)) continue;
    await Deno.remove(join(cache, name), { recursive: true });
  }
}

/** Throws what is wrong with a built library, so that the cache has none. */
async function mustBeSound(
  triple: Triple,
  folder: string,
  { python }: CrossEnvironment,
): Promise<void> {
  const header = await Deno.readTextFile(
    join(ROOT, "native/include/iree_ffi.h"),
  );
  const problems = checkLibrary(
    triple,
    await readFacts(python, {
      path: join(folder, "sdk", PLATFORMS[triple].library),
      build: join(folder, "build"),
    }),
    declaredFunctions(header),
  );
  if (problems.length > 0) {
    throw new Error(`the library for ${triple}:\n  ${problems.join("\n  ")}`);
  }
}

/** One build, in a folder of its own. */
class Build {
  readonly #log: string;

  constructor(
    private readonly triple: Triple,
    private readonly target: CrossTarget,
    private readonly environment: CrossEnvironment,
    private readonly folder: string,
  ) {
    this.#log = join(environment.cache, `log-${triple}`);
  }

  async run(): Promise<void> {
    const { tools } = this.environment;
    await Deno.writeTextFile(this.#log, "");
    const build = join(this.folder, "build");
    const options = await this.#options();
    const cmake = join(tools, "cmake");
    await this.#step("configuring", cmake, [
      ...["-G", "Ninja", "-S", join(ROOT, "native"), "-B", build],
      ...options,
    ]);
    await this.#step("building", join(tools, "ninja"), [
      ...["-C", build, "iree_runtime"],
    ]);
    await this.#step("installing", cmake, [
      ...["--install", build, "--component", "sdk"],
      ...["--prefix", join(this.folder, "sdk")],
    ]);
  }

  async #options(): Promise<string[]> {
    const { cache, tools, python, sources } = this.environment;
    const { zig, system, processor, options } = this.target;
    const program = await findZig(python);
    const folder = await placeTools(cache, program, zig);
    return [
      `-DCMAKE_TOOLCHAIN_FILE=${
        fromFileUrl(new URL("toolchain.cmake", import.meta.url))
      }`,
      `-DCMAKE_MAKE_PROGRAM=${join(tools, "ninja")}`,
      `-DCROSS_TOOLS=${folder}`,
      `-DCROSS_SYSTEM=${system}`,
      `-DCROSS_PROCESSOR=${processor}`,
      `-DIREE_SOURCE_DIR=${sources}`,
      `-DIREE_HOST_BIN_DIR=${await findHostTools(join(tools, "python"))}`,
      "-DIREE_FFI_COMPILER_RT=ON",
      // To try whether C++ programs work, zig would build the C++ library,
      // which takes longer than ours.
      "-DCMAKE_CXX_COMPILER_WORKS=TRUE",
      "-DCMAKE_CXX_ABI_COMPILED=TRUE",
      // Zig strips when it links, not later.
      "-DCMAKE_SHARED_LINKER_FLAGS=-s",
      "-DCMAKE_EXE_LINKER_FLAGS=-s",
      ...options,
    ];
  }

  async #step(
    what: string,
    program: string,
    args: readonly string[],
  ): Promise<void> {
    const label = `${what} the library for ${this.triple}`;
    console.error(`dev: ${label} …`);
    const start = performance.now();
    const log = await Deno.open(this.#log, { append: true });
    const { code } = await run(program, args, {
      log,
      // Else zig writes to the user's cache.
      env: { ZIG_GLOBAL_CACHE_DIR: join(this.environment.cache, "zig") },
    });
    if (code !== 0) {
      const text = await Deno.readTextFile(this.#log);
      console.error(text.trimEnd().split("\n").slice(-25).join("\n"));
      throw new Error(`${label} failed; all of its output is in ${this.#log}`);
    }
    const seconds = Math.round((performance.now() - start) / 1000);
    console.error(`dev: ${label}: ${seconds} s`);
  }
}

interface RunOptions {
  readonly log: Deno.FsFile;
  readonly env: Record<string, string>;
}

/** Runs a program and appends its output to a file, which it closes. */
async function run(
  program: string,
  args: readonly string[],
  { log, env }: RunOptions,
): Promise<Deno.CommandStatus> {
  const child = new Deno.Command("sh", {
    // One pipe for both streams keeps their order.
    args: ["-c", 'exec "$0" "$@" 2>&1', program, ...args],
    env,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  await child.stdout.pipeTo(log.writable);
  return await child.status;
}

async function keyOf(
  target: CrossTarget,
  { key }: CrossEnvironment,
): Promise<string> {
  const files = [
    "build.ts",
    "check.ts",
    "facts.py",
    "tools.ts",
    "toolchain.cmake",
  ]
    .map((name) => fromFileUrl(new URL(name, import.meta.url)));
  files.push(join(ROOT, "requirements-cross.txt"));
  const texts = await Promise.all(files.map((path) => Deno.readTextFile(path)));
  const text = JSON.stringify([key, target, ...texts]);
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex().slice(0, 20);
}

/**
 * Finds zig's program in its Python package.
 *
 * @param python The Python that has zig.
 */
export async function findZig(python: string): Promise<string> {
  return join(await findPackage(python, "ziglang"), "zig");
}

/** Finds the programs that IREE's build runs on this machine. */
async function findHostTools(python: string): Promise<string> {
  return await findPackage(python, "iree._runtime_libs");
}

async function findPackage(python: string, name: string): Promise<string> {
  const script = "import importlib.util, sys\n" +
    "print(importlib.util.find_spec(sys.argv[1]).submodule_search_locations[0])";
  const { success, stdout } = await new Deno.Command(python, {
    args: ["-c", script, name],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${python} has no package ${name}`);
  return new TextDecoder().decode(stdout).trim();
}

/** Returns whether a path exists. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
