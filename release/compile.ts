/**
 * `./dev compile`: the command line and its library as one executable.
 *
 * Either `deno compile` makes it, which downloads the base executable unless
 * `DENORT_BIN` names one; on start the result places the library in the user's
 * cache, see `ffi/library/standalone.ts`. Or it is self-extracting, with a
 * launcher, Deno, the bundle and the library. `--self-extracting` asks for
 * that, and it is made where the base executable cannot be downloaded.
 *
 *     compile.ts [FILE] [--self-extracting] [FLAGS of deno compile]
 *
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";
import { cacheVariables } from "../ffi/library/cache_folder.ts";
import { EMBEDDED } from "../ffi/library/standalone.ts";
import {
  denoCommand,
  filesBelow,
  FOLDER,
  LAUNCHER,
  permissionsWith,
  runtimeFiles,
  variablesFor,
  writeExecutable,
} from "../lib/cli/compile/executable.ts";
import { bundle, MAIN } from "./bundle.ts";

/** The executable's permissions. */
export const PERMISSIONS: readonly string[] = permissionsWith(cacheVariables());

/** The executable's contents. */
export interface Stage {
  /** The entry file. */
  readonly main: string;
  /** Folder with the library and its hash. */
  readonly embedded: string;
}

/**
 * Prepares the executable's contents.
 *
 * @param library The library to embed.
 * @param folder The output folder.
 * @param flags Additional flags for `deno bundle`.
 */
export async function stage(
  library: string,
  folder: string,
  flags: readonly string[] = [],
): Promise<Stage> {
  const program = join(folder, "cli");
  await bundle(program, flags, true);
  // Relative to the bundle, which looks for it there.
  const embedded = join(program, EMBEDDED);
  const target = join(embedded, basename(library));
  await Deno.mkdir(embedded, { recursive: true });
  await Deno.copyFile(library, target);
  const bytes = await Deno.readFile(library);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  await Deno.writeTextFile(
    `${target}.sha256`,
    new Uint8Array(digest).toHex(),
  );
  return { main: join(program, MAIN), embedded };
}

function isImportFlag(flag: string): boolean {
  return /^--(import-map|config)=/.test(flag);
}

/**
 * Makes the executable with `deno compile`.
 *
 * @param library The library to embed.
 * @param output The executable.
 * @param flags Additional flags: an import map for `deno bundle`, others for
 * `deno compile`.
 * @returns The exit status of `deno compile`.
 */
export async function compile(
  library: string,
  output: string,
  flags: readonly string[] = [],
): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "iree_deno_" });
  try {
    const imports = flags.filter(isImportFlag);
    const { main, embedded } = await stage(library, folder, imports);
    await Deno.mkdir(dirname(output), { recursive: true });
    const others = flags.filter((flag) => !isImportFlag(flag));
    const args = ["compile", "--no-check", ...others, ...PERMISSIONS];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--include", embedded, "--output", output, main],
    }).spawn().status;
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Makes a self-extracting executable.
 *
 * @param library The library to embed.
 * @param launcher The launcher of the same SDK.
 * @param output The executable.
 * @param flags An import map for `deno bundle`.
 */
export async function writeSelfExtracting(
  library: string,
  launcher: string,
  output: string,
  flags: readonly string[] = [],
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "iree_deno_" });
  try {
    await bundle(folder, flags);
    await writeExecutable(output, {
      launcher,
      variables: variablesFor(library),
      files: [
        ...runtimeFiles(Deno.execPath(), library),
        ...await filesBelow(folder, "cli"),
      ],
      command: denoCommand([...PERMISSIONS, `${FOLDER}/cli/${MAIN}`]),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const library = variable("IREE_RUNTIME_LIBRARY");
  const launcher = join(variable("IREE_DENO_SDK"), LAUNCHER);
  const isFlag = (arg: string) => arg.startsWith("--");
  const [name = "dist/iree"] = args.filter((arg) => !isFlag(arg));
  const output = resolve(name);
  const flags = args.filter(isFlag).filter((flag) => flag !== FORCED);
  if (!args.includes(FORCED)) {
    const code = await compile(library, output, flags);
    if (code === 0 || Deno.env.has("DENORT_BIN")) return code;
    console.error("dev: no base executable; making a self-extracting one");
  }
  await writeSelfExtracting(
    library,
    launcher,
    output,
    flags.filter(isImportFlag),
  );
  return 0;
}

const FORCED = "--self-extracting";

function variable(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined) throw new Error(`${name} is not set; use ./dev`);
  return value;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
