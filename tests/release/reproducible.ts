// Builds the native library again, elsewhere, which takes minutes: run by hand
// and by the release workflow.
//
//     ./dev test tests/release/reproducible.ts

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { makePackage } from "../../release/package.ts";
import { SDK, TemporaryFolder } from "../support.ts";
import { packageElsewhere } from "./elsewhere.ts";

Deno.test({
  name:
    "./dev package gives the same bytes for the same commit, wherever it and its build lie",
  async fn() {
    using folder = new TemporaryFolder();
    const there = await packageElsewhere(folder);
    const { name } = await makePackage(SDK, folder.join("here"));
    assertEquals(
      await Deno.readFile(join(there, name)),
      await Deno.readFile(folder.join("here", name)),
    );
  },
});
