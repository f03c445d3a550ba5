/**
 * Runs tests on Windows, under Wine: Deno, IREE's compiler and its tools for
 * Windows come from PyPI. Compilers of native modules run outside Wine.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { PLATFORMS } from "../../ffi/library/platform.ts";
import {
  buildFor,
  type CrossEnvironment,
  findZig,
} from "../../release/cross/build.ts";
import { CROSS_TARGETS } from "../../release/cross/targets.ts";
import { bundledCommandLine } from "../bundled.ts";
import { output } from "./output.ts";
import { print } from "./print.ts";
import { runFiles } from "./run_files.ts";
import { installWheels } from "./wheels.ts";
import { serveHostPrograms } from "./host_programs.ts";

const TRIPLE = "x86_64-pc-windows-msvc";
const WHEEL = "win_amd64";
const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const IMPORT_MAP = join(ROOT, "tests/offline/import_map.json");
const PRELOAD = fromFileUrl(new URL("windows_preload.ts", import.meta.url));
const WINE = fromFileUrl(new URL("wine", import.meta.url));

/** A measurement may stop all processes for four minutes. */
const SILENCE = 6 * 60 * 1000;

/**
 * Runs tests under Wine.
 *
 * @param environment What `./dev` sets up.
 * @param files Paths of the test files.
 * @param flags Flags of `deno test`.
 * @returns The exit status.
 */
export async function testOnWindows(
  environment: CrossEnvironment,
  files: readonly string[],
  flags: readonly string[],
): Promise<number> {
  const { cache, python, sources } = environment;
  const sdk = Deno.env.get("DEV_SDK") ?? await buildFor(TRIPLE, environment);
  const root = await output(WINE, [cache, "prepare"]);
  const wheels = (...names: string[]) =>
    installWheels({ cache, python, platform: WHEEL, names });
  const deno = join(await wheels("deno"), "bin/deno.exe");
  const tools = await wheels("iree-base-compiler", "iree-base-runtime");
  // Deno for Windows would need esbuild for Windows, from npm.
  await bundledCommandLine(ROOT, cache, [`--import-map=${IMPORT_MAP}`]);
  const programs = await Deno.makeTempDir({ prefix: "iree_programs_" });
  const zig = await findZig(python);
  using server = serveHostPrograms(
    (name, given) => hostCommand(name, given, zig),
    { env: zigCache(cache), driveC: join(root, "prefix/drive_c") },
  );
  try {
    await writePrograms(programs, zig, { cache, port: server.addr.port });
    const test = [
      ...[cache, "run", windowsPath(deno), "test", "-A", "--no-check"],
      `--import-map=${windowsPath(IMPORT_MAP)}`,
      `--preload=${windowsPath(PRELOAD)}`,
      ...flags,
    ];
    const env = {
      WINEPATH: windowsPath(programs),
      IREE_DENO_CACHE: windowsPath(cache),
      IREE_DENO_SDK: windowsPath(sdk),
      IREE_DENO_TOOLS: windowsPath(join(tools, "Scripts")),
      IREE_SOURCE_DIR: windowsPath(sources),
      IREE_RUNTIME_LIBRARY: windowsPath(join(sdk, PLATFORMS[TRIPLE].library)),
    };
    return await runFiles({
      files,
      silence: SILENCE,
      start: (file) =>
        new Deno.Command(WINE, {
          args: [...test, file],
          cwd: ROOT,
          env,
          stdout: "piped",
        }).spawn(),
      print,
    });
  } finally {
    await Deno.remove(programs, { recursive: true });
  }
}

/** Else zig writes to the user's cache. */
function zigCache(cache: string): Record<string, string> {
  return { ZIG_GLOBAL_CACHE_DIR: join(cache, "zig") };
}

/** The path of a file of this machine under Wine. */
function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

const COMPILERS: ReadonlySet<string> = new Set(["cc", "c++"]);
const HOST_PROGRAMS: readonly string[] = [...COMPILERS, "pkg-config"];

/** Writes programs that run those of this machine. */
async function writePrograms(
  folder: string,
  zig: string,
  { cache, port }: { cache: string; port: number },
): Promise<void> {
  const program = join(folder, "program.exe");
  await output(zig, [
    ...["cc", "-target", CROSS_TARGETS[TRIPLE].zig, "-O1", "-s"],
    join(ROOT, "native/fixtures/host_program.c"),
    ...["-lws2_32", "-lshell32", "-o", program],
  ], zigCache(cache));
  for (const name of HOST_PROGRAMS) {
    await Deno.copyFile(program, join(folder, `${name}.exe`));
  }
  await Deno.writeTextFile(join(folder, "port"), `${port}\n`);
}

function hostCommand(
  name: string,
  args: readonly string[],
  zig: string,
): readonly string[] {
  if (!COMPILERS.has(name)) return [name, ...args];
  const { zig: target } = CROSS_TARGETS[TRIPLE];
  // Code for Windows always runs at any address; Clang rejects the flag.
  return [zig, name, "-target", target, ...args.filter((it) => it !== "-fPIC")];
}
