/**
 * `./dev compile`: the command line and its library as one executable. On start
 * it places the library in the user's cache; see `ffi/library/standalone.ts`.
 *
 * `deno compile` downloads the base executable unless `DENORT_BIN` names one.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";
import { cacheVariables } from "../ffi/library/cache.ts";
import { EMBEDDED } from "../ffi/library/standalone.ts";
import { bundle, MAIN } from "./bundle.ts";

/**
 * The least permissions that work: models and modules may be anywhere, results
 * are written to files, programs compile in a child process, and network access
 * prompts.
 */
export const PERMISSIONS: readonly string[] = [
  "--allow-read",
  "--allow-write",
  "--allow-ffi",
  "--allow-run",
  `--allow-env=${[
    ...["IREE_RUNTIME_LIBRARY", "IREE_COMPILER_LIBRARY", "VIRTUAL_ENV"],
    ...cacheVariables(),
  ]}`,
];

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
  await bundle(program, flags);
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

/**
 * Makes the executable.
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
    const isImport = (flag: string) => /^--(import-map|config)=/.test(flag);
    const imports = flags.filter(isImport);
    const { main, embedded } = await stage(library, folder, imports);
    await Deno.mkdir(dirname(output), { recursive: true });
    const others = flags.filter((flag) => !isImport(flag));
    const args = ["compile", "--no-check", ...others, ...PERMISSIONS];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--include", embedded, "--output", output, main],
    }).spawn().status;
    if (code !== 0 && !Deno.env.has("DENORT_BIN")) {
      console.error(
        "deno compile downloads a base executable; without a network, set " +
          "DENORT_BIN to the path of one",
      );
    }
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const library = Deno.env.get("IREE_RUNTIME_LIBRARY");
  if (library === undefined) {
    throw new Error("IREE_RUNTIME_LIBRARY is not set; use ./dev");
  }
  const isFlag = (arg: string) => arg.startsWith("--");
  const [output = "dist/iree"] = Deno.args.filter((arg) => !isFlag(arg));
  Deno.exit(
    await compile(library, resolve(output), Deno.args.filter(isFlag)),
  );
}
