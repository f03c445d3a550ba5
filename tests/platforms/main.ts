/**
 * `./dev test --platform=linux-arm64`: runs tests over the library for another
 * platform, with that platform's Deno under an emulator.
 *
 *     main.ts PLATFORM [PATHS]
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
  findZig,
  readEnvironment,
} from "../../release/cross/build.ts";
import { CROSS_TARGETS } from "../../release/cross/targets.ts";
import { selectTests } from "./selection.ts";

/** A platform that this machine can emulate. */
interface Emulated {
  readonly triple: Triple;
  /** Debian's packages. */
  readonly packages: readonly string[];
  /** Platform of Deno's package on PyPI. */
  readonly wheel: string;
  /** The emulator, in the folder of the packages. */
  readonly emulator: string;
  /** The emulated root, in the folder of the packages. */
  readonly root: string;
}

const EMULATED: Readonly<Record<string, Emulated>> = {
  "linux-arm64": {
    triple: "aarch64-unknown-linux-gnu",
    packages: [
      "qemu-user-static",
      "libc6-arm64-cross",
      "libgcc-s1-arm64-cross",
    ],
    wheel: "manylinux_2_27_aarch64",
    emulator: "usr/bin/qemu-aarch64-static",
    root: "usr/aarch64-linux-gnu",
  },
};

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** Runs a program and returns its output. */
async function output(program: string, args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(program, {
    args,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${program} failed`);
  return new TextDecoder().decode(stdout).trim();
}

/** Downloads the platform's Deno. */
async function findDeno(
  { cache, python }: { cache: string; python: string },
  { wheel, triple }: Emulated,
): Promise<string> {
  const requirements = await Deno.readTextFile(join(ROOT, "requirements.txt"));
  const pinned = /^deno==.*/m.exec(requirements)?.[0];
  if (pinned === undefined) throw new Error("requirements.txt pins no Deno");
  const folder = join(cache, `deno-${pinned.slice(6)}-${triple}`);
  const deno = join(folder, "bin/deno");
  try {
    await Deno.stat(deno);
    return deno;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await output(python, [
    ...["-m", "pip", "install", "--disable-pip-version-check", "--no-input"],
    ...["--quiet", "--no-deps", "--only-binary=:all:", `--platform=${wheel}`],
    ...[`--target=${folder}`, pinned],
  ]);
  await Deno.chmod(deno, 0o755);
  return deno;
}

/** Writes scripts that tests find on PATH, and starts through the emulator. */
async function writeScripts(
  folder: string,
  emulated: Emulated,
  packages: string,
  deno: string,
  zig: string,
): Promise<void> {
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${text}\n`, {
      mode: 0o755,
    });
  const emulator = join(packages, emulated.emulator);
  const root = join(packages, emulated.root);
  await write("deno", `exec '${emulator}' -L '${root}' '${deno}' "$@"`);
  for (const [name, command] of [["cc", "cc"], ["c++", "c++"]]) {
    const { zig: target } = CROSS_TARGETS[emulated.triple];
    await write(name, `exec '${zig}' ${command} -target ${target} "$@"`);
  }
}

async function main([name, ...paths]: readonly string[]): Promise<number> {
  const emulated = Object.hasOwn(EMULATED, name) ? EMULATED[name] : undefined;
  if (emulated === undefined) {
    const names = Object.keys(EMULATED).join(", ");
    console.error(`--platform must be one of ${names}, got '${name}'`);
    return 2;
  }
  const environment = readEnvironment();
  const { cache, python, tools } = environment;
  const sdk = await buildFor(emulated.triple, environment);
  const packages = await output(
    fromFileUrl(new URL("debian", import.meta.url)),
    [cache, ...emulated.packages],
  );
  const deno = await findDeno(environment, emulated);
  const scripts = await Deno.makeTempDir({ prefix: "iree_platform_" });
  try {
    const zig = await findZig(python);
    await writeScripts(scripts, emulated, packages, deno, zig);
    const { code } = await new Deno.Command(join(scripts, "deno"), {
      args: [
        ...["test", "-A", "--no-check"],
        `--import-map=${join(ROOT, "tests/offline/import_map.json")}`,
        `--preload=${fromFileUrl(new URL("preload.ts", import.meta.url))}`,
        ...(paths.length > 0 ? paths : selectTests(ROOT)),
      ],
      cwd: ROOT,
      env: {
        PATH: `${scripts}:${Deno.env.get("PATH")}`,
        DEV_EMULATED_DENO: join(scripts, "deno"),
        DEV_PROGRAM_TARGET: emulated.triple.replace("-unknown", ""),
        IREE_DENO_SDK: sdk,
        IREE_DENO_TOOLS: tools,
        IREE_RUNTIME_LIBRARY: join(sdk, PLATFORMS[emulated.triple].library),
        ZIG_GLOBAL_CACHE_DIR: join(cache, "zig"),
      },
    }).spawn().status;
    return code;
  } finally {
    await Deno.remove(scripts, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
