/**
 * Packages for onnxruntime-node: the package itself, in Deno's cache, and the
 * Python packages that make its models.
 *
 * @module
 */

import { join } from "@std/path";
import { mustRun, ROOT, tool } from "../tests/support.ts";
import { cachedFolder } from "./cached_folder.ts";
import { ONNX_PACKAGE } from "./contestants.ts";

/** The packages, or the reason why they are missing. */
export type Packages =
  | { installed: true; folder: string }
  | { installed: false; reason: string };

/**
 * Finds the packages.
 *
 * @param install Whether to download missing packages (300 MB).
 */
export async function findPackages(install: boolean): Promise<Packages> {
  const requirements = join(ROOT, "bench/requirements.txt");
  const list = await Deno.readTextFile(requirements);
  try {
    const folder = await cachedFolder(
      "packages",
      [tool(""), list, ONNX_PACKAGE],
      async (target) => {
        if (!install) throw new Error("not installed; run ./dev bench");
        console.error(
          "bench: downloading onnxruntime-node and onnx (300 MB) …",
        );
        await mustRun(tool("python"), [
          ..."-m pip install --disable-pip-version-check --no-input".split(" "),
          ..."--quiet --no-deps --target".split(" "),
          target,
          "-r",
          requirements,
        ]);
        await mustRun(Deno.execPath(), ["cache", "--no-config", ONNX_PACKAGE]);
      },
    );
    return { installed: true, folder };
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    return { installed: false, reason };
  }
}
