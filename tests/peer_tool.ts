/**
 * Finds the peers' programs in the environment of `./dev`.
 *
 * @module
 */

import { dirname, join } from "@std/path";

const IS_WINDOWS = Deno.build.os === "windows";
const EXTENSION = IS_WINDOWS ? ".exe" : "";

/** Folders of the packages that contain the programs themselves. */
const FOLDERS = ["iree/_runtime_libs", "iree/compiler/_mlir_libs"];

/**
 * Finds a program. Those of IREE that Python's environment starts are scripts,
 * and starting Python takes ten times as long as most programs: this returns
 * the program that the script would start.
 *
 * @param bin The environment's folder of programs.
 * @param name The program's name, such as `iree-run-module`.
 * @returns Its path.
 */
export function findTool(bin: string, name: string): string {
  for (const packages of packageFolders(dirname(bin))) {
    for (const folder of FOLDERS) {
      const path = join(packages, folder, `${name}${EXTENSION}`);
      if (isExecutable(path)) return path;
    }
  }
  return join(bin, name);
}

function packageFolders(environment: string): string[] {
  if (IS_WINDOWS) return [join(environment, "Lib/site-packages")];
  const library = join(environment, "lib");
  try {
    return [...Deno.readDirSync(library)]
      .filter((it) => it.name.startsWith("python"))
      .map((it) => join(library, it.name, "site-packages"));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && (IS_WINDOWS || ((mode ?? 0) & 0o111) !== 0);
  } catch {
    return false;
  }
}
