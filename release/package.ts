/**
 * `./dev package`: makes the archives that `iree setup` installs, from builds
 * of the native library, and their entries for `lib/cli/setup/release.json`.
 * The same build gives the same bytes.
 *
 *     package.ts [FOLDER] [--target=TRIPLE … | --all]
 *
 * Without a target, it packages the library that `./dev` built for this
 * machine.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join, relative, resolve } from "@std/path";
import {
  findPlatform,
  PLATFORMS,
  type Triple,
} from "../ffi/library/platform.ts";
import { BUILD_FILE } from "../lib/cli/setup/install.ts";
import { runtime } from "../mod.ts";
import { buildFor, readEnvironment } from "./cross/build.ts";
import { type ArchiveFile, writeArchive } from "./tar.ts";

/** An entry of `lib/cli/setup/release.json`. */
export interface Entry {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Makes the archive of a build.
 *
 * @param sdk The folder with the installed build.
 * @param folder The output folder for the archive and its entry.
 * @param target The platform of the build.
 * @returns The entry.
 */
export async function makePackage(
  sdk: string,
  folder: string,
  target: string = Deno.build.target,
): Promise<Entry> {
  const version = runtime.packageVersion;
  const build = `${JSON.stringify({ version, target })}\n`;
  const bytes = new TextEncoder().encode(build);
  const files = await Array.fromAsync(filesOf(sdk, sdk));
  const archive = await writeArchive([...files, { path: BUILD_FILE, bytes }]);
  const entry: Entry = {
    name: `iree-runtime-${version}-${target}.tar.gz`,
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", archive))
      .toHex(),
    size: archive.length,
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(join(folder, entry.name), archive);
  await Deno.writeTextFile(
    join(folder, `${entry.name}.json`),
    `${JSON.stringify({ [target]: entry }, null, 2)}\n`,
  );
  return entry;
}

async function* filesOf(
  folder: string,
  root: string,
): AsyncGenerator<ArchiveFile> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      yield* filesOf(path, root);
    } else {
      const bytes = await Deno.readFile(path);
      yield { path: relative(root, path).replaceAll("\\", "/"), bytes };
    }
  }
}

/** What `./dev package` is asked for. */
export interface PackageArguments {
  /** The output folder. */
  readonly folder: string;
  /** The platforms to build for; empty for this machine's. */
  readonly targets: readonly Triple[];
}

/**
 * Parses the arguments of `./dev package`.
 *
 * @param args The arguments.
 * @returns The arguments, or what is wrong with them.
 */
export function parsePackageArguments(
  args: readonly string[],
): PackageArguments | string {
  let unknown: string | undefined;
  const { _: [folder = "dist", ...others], all, target } = parseArgs(
    [...args],
    {
      boolean: ["all"],
      string: ["target", "_"],
      collect: ["target"],
      unknown: (argument) => {
        if (argument.startsWith("-")) unknown ??= argument;
      },
    },
  );
  if (unknown !== undefined) {
    return `flag '${unknown}' not recognized; flags: --target, --all`;
  }
  if (others.length > 0) return `unexpected argument '${others[0]}'`;
  const names = Object.keys(PLATFORMS);
  const wrong = target.find((name) => findPlatform(name) === undefined);
  if (wrong !== undefined) {
    return `--target must be one of ${names.join(", ")}, got '${wrong}'`;
  }
  if (all && target.length > 0) return "--all and --target exclude each other";
  const targets = (all ? names : target) as Triple[];
  return { folder: resolve(String(folder)), targets };
}

/** Builds, checks and packages the library for a platform. */
async function packageFor(target: Triple, folder: string): Promise<Entry> {
  const sdk = await buildFor(target, readEnvironment());
  return await makePackage(sdk, folder, target);
}

/** Packages the library that `./dev` built for this machine. */
async function packageHere(folder: string): Promise<Entry> {
  const sdk = Deno.env.get("IREE_DENO_SDK");
  if (sdk === undefined) throw new Error("IREE_DENO_SDK is not set; use ./dev");
  return await makePackage(sdk, folder);
}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parsePackageArguments(args);
  if (typeof parsed === "string") {
    console.error(`dev package: ${parsed}`);
    return 2;
  }
  const { folder, targets } = parsed;
  const entries: Record<string, Entry> = {};
  if (targets.length === 0) {
    entries[Deno.build.target] = await packageHere(folder);
  }
  for (const target of targets) {
    entries[target] = await packageFor(target, folder);
  }
  console.log(JSON.stringify(entries, null, 2));
  const here = entries[Deno.build.target];
  if (here !== undefined) {
    console.error(
      `\ninstall it with\n  iree setup --from=${join(folder, here.name)} ` +
        `--sha256=${here.sha256}`,
    );
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
