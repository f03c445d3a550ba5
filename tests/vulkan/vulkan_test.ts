import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, ROOT } from "../support.ts";

const HERE = join(ROOT, "tests/vulkan");

/** A driver for CPUs, in the cache. */
const driver = await execute(join(HERE, "lavapipe"), [
  Deno.env.get("IREE_DENO_CACHE")!,
]);
const folder = driver.stdout.trim();
if (driver.code !== 0) {
  console.log(`The tests of Vulkan are left out: ${driver.stderr.trim()}`);
}

Deno.test({
  name: "Programs run on Vulkan, over Mesa's driver for CPUs",
  ignore: driver.code !== 0,
  fn: async () => {
    // The system's loader reads this variable only when a process starts.
    const inherited = Deno.env.get("LD_LIBRARY_PATH");
    const path = [join(folder, "lib"), ...(inherited ? [inherited] : [])];
    const { code, stdout, stderr } = await execute(Deno.execPath(), [
      "test",
      "-A",
      "--no-check",
      ...denoFlags(),
      join(HERE, "device.ts"),
      join(HERE, "memory.ts"),
      "--",
      join(folder, "loader"),
    ], {
      env: {
        LD_LIBRARY_PATH: path.join(":"),
        VK_ICD_FILENAMES: join(folder, "icd.json"),
      },
    });
    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, /\| 15 passed \| 0 failed/);
  },
});
