/**
 * The folder that every contestant works in: the programs, the native module
 * and the floor. The last two are built against the library.
 *
 * @module
 */

import { join } from "@std/path";
import {
  moduleCompilerArguments,
  mustRun,
  ROOT,
  SANITIZE,
  SDK,
  tool,
} from "../tests/support.ts";
import { cachedFolder, isThere } from "./cached_folder.ts";
import { buildPrograms } from "./programs.ts";

/** Name of the floor in the folder. */
export const FLOOR = "floor";

const MODULE = "bench/programs/module.cc";

/**
 * Builds the folder, unless it is cached.
 *
 * @returns Its path.
 */
export async function buildFolder(): Promise<string> {
  const programs = await buildPrograms();
  const sources: string[] = [];
  for await (const { name } of Deno.readDir(join(ROOT, "bench/floor"))) {
    sources.push(`bench/floor/${name}`);
  }
  const inputs = [programs, SDK, ...SANITIZE];
  for (const path of [MODULE, "bench/folder.ts", ...sources.sort()]) {
    inputs.push(path, await Deno.readTextFile(join(ROOT, path)));
  }
  return await cachedFolder("folder", inputs, async (folder) => {
    // One program is large.
    for await (const { name } of Deno.readDir(programs)) {
      await Deno.link(join(programs, name), join(folder, name));
    }
    await buildModule(folder);
    await buildFloor(folder, sources.filter((it) => it.endsWith(".c")));
  });
}

/**
 * Makes the ONNX models, unless they are cached.
 *
 * @param folder The folder.
 * @param packages The folder with the Python package `onnx`, if it is not among
 * the tools.
 */
export async function buildModels(
  folder: string,
  packages: string | undefined,
): Promise<void> {
  // The last one that the script writes.
  if (await isThere(join(folder, "mlp_32.onnx"))) return;
  const script = join(ROOT, "bench/peers/models.py");
  await mustRun(tool("python"), [script, folder], {
    env: packages === undefined ? {} : { PYTHONPATH: packages },
  });
}

async function buildModule(folder: string): Promise<void> {
  const source = join(ROOT, MODULE);
  const target = join(folder, "module.so");
  const args = await moduleCompilerArguments(source, target);
  await mustRun("c++", ["-O2", ...SANITIZE, ...args]);
}

async function buildFloor(
  folder: string,
  sources: readonly string[],
): Promise<void> {
  const flags = await mustRun(
    "pkg-config",
    ["--cflags", "--libs", "iree-runtime"],
    { env: { PKG_CONFIG_PATH: join(SDK, "lib/pkgconfig") } },
  );
  await mustRun("cc", [
    "-O2",
    "-DNDEBUG",
    ...SANITIZE,
    ...sources.map((it) => join(ROOT, it)),
    ...flags.trim().split(/\s+/),
    "-lm",
    "-lpthread",
    "-o",
    join(folder, FLOOR),
  ]);
}
