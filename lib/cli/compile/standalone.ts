/**
 * `iree compile --standalone`: a program, the runtime and a script as one
 * executable.
 *
 * @module
 */

import { basename, dirname, join, resolve, toFileUrl } from "@std/path";
import { IreeError, runtime } from "../../../mod.ts";
import { findSdk } from "../sdk.ts";
import { bundleFiles, RUN_COMMAND } from "./bundle_files.ts";
import {
  denoCommand,
  filesBelow,
  FOLDER,
  LAUNCHER,
  permissionsWith,
  runtimeFiles,
  variablesFor,
  writeExecutable,
} from "./executable.ts";

/** What goes into an executable. */
export interface StandaloneOptions {
  /** The compiled program. */
  readonly program: Uint8Array<ArrayBuffer>;
  /** The program's file name. */
  readonly name: string;
  /** A script that gets the program's path as first argument. */
  readonly script?: string | undefined;
}

/** Names that this package imports, as its own bundle must resolve them. */
export const SPECIFIERS: readonly string[] = [
  "@std/cli/parse-args",
  "@std/path",
  "@std/path/basename",
  "@std/path/dirname",
  "@std/path/from-file-url",
  "@std/path/is-absolute",
  "@std/path/join",
  "@std/path/resolve",
];

/**
 * Writes an executable that runs a program. Without a script, it accepts the
 * flags of `iree run`.
 *
 * @param output Path of the executable.
 * @param options What goes into it.
 */
export async function writeStandalone(
  output: string,
  { program, name, script }: StandaloneOptions,
): Promise<void> {
  const { launcher, library } = findRuntime();
  const folder = await Deno.makeTempDir({ prefix: "iree_standalone_" });
  try {
    const entry = script === undefined
      ? await writeEntry(folder)
      : resolve(script);
    const bundled = join(folder, "script");
    const reason = await bundleFiles(entry, bundled, {
      flags: await importMap(script, folder),
      startsWith: script === undefined ? RUN_COMMAND : undefined,
    });
    if (reason !== undefined) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `cannot bundle '${entry}': ${reason}`,
      );
    }
    const main = basename(entry).replace(/\.[^.]*$/, ".js");
    await writeExecutable(resolve(output), {
      launcher,
      files: [
        ...runtimeFiles(Deno.execPath(), library),
        ...await filesBelow(bundled, "script"),
        { name: `program/${name}`, contents: program },
      ],
      command: denoCommand([
        ...permissionsWith(["XDG_CACHE_HOME", "HOME"]),
        `${FOLDER}/script/${main}`,
        `${FOLDER}/program/${name}`,
      ]),
      variables: variablesFor(library),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function findRuntime(): { launcher: string; library: string } {
  const launcher = join(findSdk(), LAUNCHER);
  const library = runtime.findLibrary().at(-1)?.path;
  if (library === undefined || !isFile(launcher)) {
    throw new IreeError("NOT_FOUND", `no launcher '${launcher}'`, {
      hint: Deno.build.os === "windows"
        ? "standalone executables are not supported on Windows yet"
        : `\`deno run -A ${runtime.cli} setup\` installs it`,
    });
  }
  if (Deno.build.standalone) {
    throw new IreeError(
      "UNIMPLEMENTED",
      "an executable of `deno compile` cannot write others",
      { hint: "run the command line with Deno" },
    );
  }
  return { launcher, library };
}

/** Writes a script that is `iree run` with a program. */
async function writeEntry(folder: string): Promise<string> {
  const entry = join(folder, "entry.ts");
  const cli = /^jsr:/.test(runtime.cli)
    ? runtime.cli
    : toFileUrl(runtime.cli).href;
  await Deno.writeTextFile(
    entry,
    `import { main } from ${JSON.stringify(cli)};
const [program, ...args] = Deno.args;
Deno.exit(await main(["run", \`--module=\${program}\`, ...args]));
`,
  );
  return entry;
}

/**
 * Returns flags that resolve this package's imports, for a script without a
 * configuration of its own.
 */
async function importMap(
  script: string | undefined,
  folder: string,
): Promise<string[]> {
  if (/^jsr:/.test(runtime.cli)) return [];
  if (script !== undefined && hasConfig(resolve(script))) return [];
  const imports = Object.fromEntries(
    [...Object.keys(runtime.imports), ...SPECIFIERS]
      .filter((name) => !/^@std\/(?:assert|cli|testing)$/.test(name))
      .map((name) => [name, import.meta.resolve(name)]),
  );
  const path = join(folder, "imports.json");
  await Deno.writeTextFile(path, JSON.stringify({ imports }));
  return [`--import-map=${path}`];
}

/** Whether Deno finds a configuration for a script. */
function hasConfig(script: string): boolean {
  for (let at = dirname(script);; at = dirname(at)) {
    if (["deno.json", "deno.jsonc"].some((name) => isFile(join(at, name)))) {
      return true;
    }
    if (at === dirname(at)) return false;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
