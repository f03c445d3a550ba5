/**
 * `./dev test --platform=NAME`: runs tests over the packaged library for another
 * platform: Linux on arm64, with that platform's Deno under an emulator; an old
 * Linux, with its C library; or Windows, under Wine. The last line is
 * `N passed, N failed`.
 *
 *     main.ts PLATFORM [--prepare | --quarter | PATHS]
 *
 * Without paths, it runs all tests that can run there, or the quarter of them
 * that CI runs. `--prepare` only downloads what runs the platform's programs, and
 * fails where it cannot be had.
 *
 * Everything comes from the cache or is downloaded into it: the library from
 * `./dev package --target`, QEMU and glibc from Debian's packages, Deno from
 * PyPI. Nothing is installed.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { PLATFORMS, type Triple } from "../../ffi/library/platform.ts";
import {
  buildFor,
  type CrossEnvironment,
  findZig,
  readEnvironment,
} from "../../release/cross/build.ts";
import { CROSS_TARGETS } from "../../release/cross/targets.ts";
import { bundledCommandLine } from "../bundled.ts";
import { output } from "./output.ts";
import { runCounted } from "./run_counted.ts";
import { isOfQuarter } from "./quarter.ts";
import { type PlatformName, selectTests } from "./selection.ts";
import { installWheels } from "./wheels.ts";
import { testOnWindows } from "./windows.ts";

/** A platform that runs on this machine. */
interface Platform {
  readonly triple: Triple;
  /** Debian's packages. */
  readonly packages: readonly string[];
  /** Platform of Deno's package on PyPI; this machine's Deno if omitted. */
  readonly wheel?: string;
  /** Module that ignores tests. */
  readonly preload?: string;
  /**
   * Returns the command that starts the platform's programs.
   *
   * @param folder The folder of the packages.
   */
  start(folder: string): readonly string[];
}

const RUNNABLE: Readonly<
  Record<Exclude<PlatformName, "windows">, Platform>
> = {
  "linux-arm64": {
    triple: "aarch64-unknown-linux-gnu",
    packages: [
      "qemu-user-static",
      "libc6-arm64-cross",
      "libgcc-s1-arm64-cross",
    ],
    wheel: "manylinux_2_27_aarch64",
    preload: fromFileUrl(new URL("arm64_preload.ts", import.meta.url)),
    start: (folder) => [
      join(folder, "usr/bin/qemu-aarch64-static"),
      // To check signed addresses takes two thirds of the time.
      ...["-cpu", "max,pauth=off"],
      ...["-L", join(folder, "usr/aarch64-linux-gnu")],
    ],
  },
  "glibc-2.31": {
    triple: "x86_64-unknown-linux-gnu",
    packages: ["libc6/bullseye", "libgcc-s1/bullseye"],
    start: (folder) => [
      join(folder, "lib/x86_64-linux-gnu/ld-2.31.so"),
      ...["--library-path", join(folder, "lib/x86_64-linux-gnu")],
    ],
  },
};

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const IMPORT_MAP = `--import-map=${
  join(ROOT, "tests/offline/import_map.json")
}`;

/** Downloads the platform's Deno. */
async function findDeno(
  { cache, python }: CrossEnvironment,
  { wheel }: Platform,
): Promise<string> {
  if (wheel === undefined) return Deno.execPath();
  const names = ["deno"];
  const folder = await installWheels({ cache, python, platform: wheel, names });
  const deno = join(folder, "bin/deno");
  await Deno.chmod(deno, 0o755);
  return deno;
}

/**
 * Downloads what runs the platform's programs, and tries it.
 *
 * @returns The command that starts the platform's Deno.
 */
async function prepare(
  environment: CrossEnvironment,
  platform: Platform,
): Promise<readonly string[]> {
  const folder = await output(
    fromFileUrl(new URL("debian", import.meta.url)),
    [environment.cache, ...platform.packages],
  );
  const deno = await findDeno(environment, platform);
  const command = [...platform.start(folder), deno];
  const [program, ...args] = command;
  await output(program, [...args, "--version"]);
  return command;
}

/**
 * Writes scripts that tests find on PATH, and starts Deno and its children by
 * the platform's command.
 */
async function writeScripts(
  folder: string,
  triple: Triple,
  deno: readonly string[],
  zig: string,
): Promise<void> {
  const quoted = (words: readonly string[]) =>
    words.map((word) => `'${word}'`).join(" ");
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(folder, name), text, { mode: 0o755 });
  // Tests and their children start Deno as `Deno.execPath()`.
  const preload = join(folder, "preload.js");
  const path = JSON.stringify(join(folder, "deno"));
  await write("preload.js", `Deno.execPath = () => ${path};\n`);
  await write(
    "deno",
    `#!/bin/sh
command=\${1:-help}
case $command in
  run | test)
    shift
    set -- "$command" --preload='${preload}' "$@"
    ;;
esac
exec ${quoted(deno)} "$@"
`,
  );
  const { zig: target } = CROSS_TARGETS[triple];
  for (const [name, command] of [["cc", "cc"], ["c++", "c++"]]) {
    await write(
      name,
      `#!/bin/sh\nexec ${quoted([zig, command, "-target", target])} "$@"\n`,
    );
  }
}

async function main([name, ...paths]: readonly string[]): Promise<number> {
  if (name === "windows") {
    const flags = paths.filter((it) => /^--(?!quarter$)/.test(it));
    const files = filesOf(name, paths.filter((it) => !flags.includes(it)))
      .flatMap((path) =>
        path.endsWith(".ts") ? [path] : selectTests(ROOT, name, path)
      );
    return await testOnWindows(readEnvironment(), files, flags);
  }
  if (!isPlatform(name)) {
    const names = [...Object.keys(RUNNABLE), "windows"].join(", ");
    console.error(`--platform must be one of ${names}, got '${name}'`);
    return 2;
  }
  const platform = RUNNABLE[name];
  const { triple, preload } = platform;
  const environment = readEnvironment();
  const { cache, python, tools } = environment;
  const deno = await prepare(environment, platform);
  if (paths[0] === "--prepare") return 0;
  const sdk = Deno.env.get("DEV_SDK") ?? await buildFor(triple, environment);
  const scripts = await Deno.makeTempDir({ prefix: "iree_platform_" });
  try {
    await writeScripts(scripts, triple, deno, await findZig(python));
    const isForeign = platform.wheel !== undefined;
    // Deno for another platform would need esbuild for it, from npm.
    await bundledCommandLine(ROOT, cache, [IMPORT_MAP]);
    return await runCounted(join(scripts, "deno"), {
      args: [
        ...["test", "-A", "--no-check"],
        ...(preload === undefined ? [] : [`--preload=${preload}`]),
        IMPORT_MAP,
        ...filesOf(name, paths),
      ],
      cwd: ROOT,
      env: {
        PATH: `${scripts}:${Deno.env.get("PATH")}`,
        ...(isForeign
          ? { DEV_PROGRAM_TARGET: triple.replace("-unknown", "") }
          : {}),
        IREE_DENO_SDK: sdk,
        IREE_DENO_TOOLS: tools,
        IREE_RUNTIME_LIBRARY: join(sdk, PLATFORMS[triple].library),
        ZIG_GLOBAL_CACHE_DIR: join(cache, "zig"),
      },
    });
  } finally {
    await Deno.remove(scripts, { recursive: true });
  }
}

/** Lists the test files to run. */
function filesOf(name: PlatformName, paths: readonly string[]): string[] {
  if (paths.length > 0 && paths[0] !== "--quarter") return [...paths];
  const all = selectTests(ROOT, name);
  return paths.length > 0 ? all.filter(isOfQuarter) : all;
}

function isPlatform(
  name: string | undefined,
): name is keyof typeof RUNNABLE {
  return name !== undefined && Object.hasOwn(RUNNABLE, name);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
