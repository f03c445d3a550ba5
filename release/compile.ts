/**
 * `./dev compile`: the command line and its library as one executable. On its
 * start it places the library in the cache of the user; see
 * `ffi/standalone.ts`.
 *
 * `deno compile` downloads the executable that it puts the program into, unless
 * `DENORT_BIN` names one.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";
import { cacheVariables } from "../ffi/cache.ts";
import { EMBEDDED } from "../ffi/standalone.ts";
import { publishedFiles, ROOT } from "./published.ts";

/**
 * The least that works: models and modules may lie anywhere, results are written
 * to files, and nothing goes over the network without a question.
 */
export const PERMISSIONS: readonly string[] = [
  "--allow-read",
  "--allow-write",
  "--allow-ffi",
  `--allow-env=${["IREE_RUNTIME_LIBRARY", ...cacheVariables()]}`,
];

/**
 * Copies what goes into the executable.
 *
 * @param library The library to embed.
 * @param folder An empty folder.
 * @returns Path of the folder with the library and its hash.
 */
export async function stage(library: string, folder: string): Promise<string> {
  const copy = async (from: string, to: string) => {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(from, to);
  };
  for (const path of await publishedFiles()) {
    await copy(join(ROOT, path), join(folder, path));
  }
  // As seen from `ffi`, where it is looked for.
  const embedded = join(folder, "ffi", EMBEDDED);
  const target = join(embedded, basename(library));
  await copy(library, target);
  const bytes = await Deno.readFile(library);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  await Deno.writeTextFile(
    `${target}.sha256`,
    new Uint8Array(digest).toHex(),
  );
  return embedded;
}

/**
 * Makes the executable.
 *
 * @param library The library to embed.
 * @param output The executable.
 * @param flags More flags for `deno compile`.
 * @returns The exit status of `deno compile`.
 */
export async function compile(
  library: string,
  output: string,
  flags: readonly string[] = [],
): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "iree_deno_" });
  try {
    const embedded = await stage(library, folder);
    await Deno.mkdir(dirname(output), { recursive: true });
    const args = ["compile", "--no-check", ...flags, ...PERMISSIONS];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--include", embedded, "--output", output, "cli.ts"],
      cwd: folder,
    }).spawn().status;
    if (code !== 0 && !Deno.env.has("DENORT_BIN")) {
      console.error(
        "deno compile downloads the executable to put the program into; where " +
          "that cannot be, DENORT_BIN=<path> names one",
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
