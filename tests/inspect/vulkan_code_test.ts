import { assertEquals } from "@std/assert";
import { memorySource, withFile } from "../../lib/files/byte_source.ts";
import { readVulkanCode } from "../../lib/inspect/vulkan_code.ts";
import { program, test } from "../support.ts";

test("A program for Vulkan says which subgroups its sums need", async () => {
  const read = async (target: string) => {
    const flag = `--iree-vulkan-target=${target}`;
    const path = await program("vulkan_sums.mlir", [flag]);
    return withFile(path, readVulkanCode);
  };
  assertEquals(await read("ampere"), {
    targets: ["sm_80"],
    subgroupSizes: [32],
    workgroupSize: 256,
  });
  assertEquals((await read("rdna3"))?.subgroupSizes, [32, 64]);
});

test("A program that combines no threads, or runs on a CPU, needs none", async () => {
  // The compiler's default target has no instructions for it.
  for (const name of ["vulkan_sums.mlir", "vulkan.mlir", "mul.mlir"]) {
    const path = await program(name);
    assertEquals(withFile(path, readVulkanCode), undefined);
  }
});

test("Damaged code for Vulkan is rejected or read, and never without end", async () => {
  const path = await program(
    "vulkan_sums.mlir",
    ["--iree-vulkan-target=ampere"],
  );
  const bytes = await Deno.readFile(path);
  for (let at = 0; at < bytes.length; at += 7) {
    const damaged = bytes.slice();
    damaged.fill(at % 2 === 0 ? 0 : 255, at, at + 4);
    try {
      readVulkanCode(memorySource(damaged));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "IreeError") throw error;
    }
  }
});
