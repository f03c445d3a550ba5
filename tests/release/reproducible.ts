// Builds the native library again, elsewhere, which takes minutes: run by hand
// and by the release workflow.
//
//     ./dev test tests/release/reproducible.ts

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { makePackage } from "../../release/package.ts";
import { mustRun, ROOT, SDK, TemporaryFolder } from "../support.ts";

Deno.test({
  name:
    "./dev package gives the same bytes for the same commit, wherever it and its build lie",
  async fn() {
    using folder = new TemporaryFolder();
    // A second checkout, with a separate cache that has only the tools.
    const checkout = folder.join("another checkout");
    await Deno.mkdir(checkout);
    for (
      const name of [
        "LICENSE",
        "cli.ts",
        "deno.json",
        "dev",
        "ffi",
        "lib",
        "mod.ts",
        "native",
        "release",
        "requirements.txt",
        "tests",
      ]
    ) {
      await mustRun("cp", ["-R", join(ROOT, name), checkout]);
    }
    const cache = folder.join("cache");
    await Deno.mkdir(cache);
    await Deno.symlink(
      join(Deno.env.get("IREE_DENO_CACHE")!, "tools"),
      join(cache, "tools"),
    );
    await mustRun(join(checkout, "dev"), ["package", folder.join("there")], {
      env: { IREE_DENO_CACHE: cache },
    });

    const { name } = await makePackage(SDK, folder.join("here"));
    assertEquals(
      await Deno.readFile(folder.join("there", name)),
      await Deno.readFile(folder.join("here", name)),
    );
  },
});
