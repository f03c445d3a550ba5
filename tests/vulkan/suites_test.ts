import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readCounts } from "../run/summary.ts";
import { denoFlags, execute, ROOT } from "../support.ts";
import { lavapipeForTests } from "./driver.ts";
import { SUITES, VULKAN_EXCLUDED } from "./suites.ts";

const { folder, env, ignore } = await lavapipeForTests();

/** Tests that passed, by file. */
const counts = new Map<string, number>();

for (const path of SUITES) {
  Deno.test({
    name: `The tests of ${path} pass on Vulkan too`,
    ignore: ignore !== undefined,
    fn: async () => {
      const { code, stdout, stderr } = await execute(Deno.execPath(), [
        ...["test", "-A", "--no-check", ...denoFlags()],
        `--preload=${join(ROOT, "tests/vulkan/preload.ts")}`,
        join(ROOT, path),
      ], { env: { ...env, DEV_VULKAN_LOADER: join(folder, "loader") } });
      assertEquals(code, 0, stdout + stderr);
      const { passed } = readCounts(stdout, code);
      assert(passed > 0, stdout);
      counts.set(path, passed);
    },
  });
}

Deno.test({
  name: "Most tests of these files ran on Vulkan",
  ignore: ignore !== undefined,
  fn: () => {
    // Fewer if only some of the files were selected.
    if (counts.size < SUITES.length) return;
    const sum = counts.values().reduce((sum, passed) => sum + passed, 0);
    assert(sum > 150, `${sum} tests ran`);
  },
});

Deno.test("Every test that is excluded on Vulkan exists and has a reason", async () => {
  const texts = await Promise.all(
    SUITES.map((path) => Deno.readTextFile(join(ROOT, path))),
  );
  const text = texts.join("\n");
  for (const [title, reason] of Object.entries(VULKAN_EXCLUDED)) {
    assert(text.includes(title), title);
    assert(reason.length > 0, title);
  }
});
