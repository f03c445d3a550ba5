import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, ROOT } from "../support.ts";
import { lavapipeForTests } from "./driver.ts";

const HERE = join(ROOT, "tests/vulkan");

const { folder, env, ignore } = await lavapipeForTests();

Deno.test({
  name: "Programs run on Vulkan, over Mesa's driver for CPUs",
  ignore: ignore !== undefined,
  fn: async () => {
    const { code, stdout, stderr } = await execute(Deno.execPath(), [
      "test",
      "-A",
      "--no-check",
      ...denoFlags(),
      join(HERE, "device.ts"),
      join(HERE, "memory.ts"),
      join(HERE, "targets.ts"),
      "--",
      join(folder, "loader"),
    ], { env });
    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, /\| 23 passed \| 0 failed/);
  },
});
