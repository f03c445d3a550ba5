import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  askVulkanTarget,
  vulkanTargetOf,
} from "../../lib/compiler/vulkan_target.ts";
import { execute, iree, TemporaryFolder, test, tool } from "../support.ts";
import { findLavapipe } from "../vulkan/driver.ts";
import { COMPILER } from "./support.ts";

const WITH_COMPILER = { IREE_COMPILER_LIBRARY: COMPILER };

/** GPUs as drivers name them, with the targets that the compiler has for them. */
const GPUS: Readonly<Record<string, string | undefined>> = {
  "llvmpipe (LLVM 19.1.7, 256 bits)": "llvmpipe",
  "NVIDIA GeForce RTX 5090": "sm_120",
  "NVIDIA GeForce RTX 4070 Ti SUPER": "ada",
  "NVIDIA L4": "ada",
  "NVIDIA RTX A6000": "ampere",
  "NVIDIA A100-SXM4-80GB": "ampere",
  "NVIDIA GeForce RTX 3060 Laptop GPU": "ampere",
  "Tesla T4": "turing",
  "NVIDIA GeForce GTX 1660 Ti": "turing",
  "Tesla V100-SXM2-16GB": "volta",
  "NVIDIA GeForce GTX 1080": "pascal",
  "AMD Radeon RX 9070 XT (RADV GFX1201)": "rdna4",
  "AMD Radeon RX 7900 XTX (RADV NAVI31)": "rdna3",
  "AMD Radeon 780M (RADV PHOENIX)": "rdna3",
  "AMD Radeon RX 6800 XT (RADV NAVI21)": "rdna2",
  "AMD Radeon RX 5700 XT": "rdna1",
  "Mali-G715-Immortalis MC11": "valhall",
  "Adreno (TM) 740": "adreno",
  "AMD Radeon RX 580 Series (RADV POLARIS10)": undefined,
  "Intel(R) Arc(tm) A770 Graphics (DG2)": undefined,
  "Apple M2 Pro": undefined,
};

test("GPUs have the compiler's targets", () => {
  for (const [name, target] of Object.entries(GPUS)) {
    assertEquals(vulkanTargetOf(name), target, name);
  }
});

test("The compiler has each of the targets for GPUs", async () => {
  using folder = new TemporaryFolder();
  const source = folder.join("one.mlir");
  Deno.writeTextFileSync(source, "func.func @one() { return }");
  for (const target of new Set(Object.values(GPUS))) {
    if (target === undefined) continue;
    const { code, stderr } = await execute(tool("iree-compile"), [
      "--iree-hal-target-backends=vulkan-spirv",
      `--iree-vulkan-target=${target}`,
      source,
      "-o",
      folder.join("one.vmfb"),
    ]);
    assertEquals(code, 0, stderr);
  }
});

test("Nothing is asked for other targets, or if the flags name one", () => {
  assertEquals(askVulkanTarget(undefined, []), undefined);
  assertEquals(askVulkanTarget("host", []), undefined);
  const flags = ["--iree-vulkan-target=ampere"];
  assertEquals(askVulkanTarget("vulkan", flags), undefined);
});

const SOURCE = `func.func @twice(%x: tensor<4xf16>) -> tensor<4xf16> {
  %y = arith.addf %x, %x : tensor<4xf16>
  return %y : tensor<4xf16>
}
`;

test("iree compile --target=vulkan says that it found no GPU", async () => {
  using folder = new TemporaryFolder();
  const source = folder.join("twice.mlir");
  Deno.writeTextFileSync(source, SOURCE);
  const args = ["compile", source, "-o", folder.join("twice.vmfb")];
  const { code, stderr } = await iree([...args, "--target=vulkan"], {
    // No driver: also where the system has one.
    env: { ...WITH_COMPILER, VK_ICD_FILENAMES: folder.join("none.json") },
  });
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "Vulkan");
  assertStringIncludes(stderr, "which computes f16 wrongly");
});

const lavapipe = await findLavapipe();
if (lavapipe.ignore !== undefined) {
  console.log(`A test of Vulkan is left out: ${lavapipe.ignore}`);
}

Deno.test({
  name: "iree compile --target=vulkan, run and devices ask the GPU",
  ignore: lavapipe.ignore !== undefined,
  fn: async () => {
    using folder = new TemporaryFolder();
    const source = folder.join("twice.mlir");
    const target = folder.join("twice.vmfb");
    Deno.writeTextFileSync(source, SOURCE);
    const env = { ...WITH_COMPILER, ...lavapipe.env };
    const { code, stderr } = await iree(
      ["compile", source, "-o", target, "--target=vulkan"],
      { env },
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "compiled for llvmpipe (LLVM");
    assertStringIncludes(stderr, ": --iree-vulkan-target=llvmpipe");
    for (const file of [target, source]) {
      const { stdout } = await iree([
        "run",
        file,
        "--device=vulkan",
        "--function=twice",
        "--input=4xf16=1 2 3 0.5",
      ], { env });
      assertStringIncludes(stdout, "4xf16=2 4 6 1\n");
    }
    const devices = await iree(["devices", "--driver=vulkan"], { env });
    assertStringIncludes(
      devices.stdout,
      "compile with --target=vulkan --iree-vulkan-target=llvmpipe",
    );
  },
});
