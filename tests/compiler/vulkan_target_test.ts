import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  askVulkanTarget,
  vulkanTargetOf,
} from "../../lib/compiler/vulkan_target.ts";
import { execute, iree, TemporaryFolder, test, tool } from "../support.ts";
import { lavapipe } from "../vulkan/driver.ts";
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

test("iree compile --target=vulkan asks the GPU, and says what it found", async () => {
  using folder = new TemporaryFolder();
  const source = folder.join("mul.mlir");
  Deno.writeTextFileSync(
    source,
    `func.func @twice(%x: tensor<4xf16>) -> tensor<4xf16> {
      %y = arith.addf %x, %x : tensor<4xf16>
      return %y : tensor<4xf16>
    }`,
  );
  const target = folder.join("mul.vmfb");
  const args = ["compile", source, "-o", target, "--target=vulkan"];
  const without = await iree(args, { env: WITH_COMPILER });
  assertEquals(without.code, 0, without.stderr);
  if (!without.stderr.startsWith("compiled for")) {
    assertStringIncludes(without.stderr, "which computes f16 wrongly");
  }
  const { env: driver, ignore } = await lavapipe();
  if (ignore !== undefined) return;
  const env = { ...WITH_COMPILER, ...driver };
  const { code, stderr } = await iree(args, { env });
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "compiled for llvmpipe (LLVM");
  assertStringIncludes(stderr, ": --iree-vulkan-target=llvmpipe");
  const run = ["--function=twice", "--input=4xf16=1 2 3 0.5"];
  const ran = await iree(["run", target, "--device=vulkan", ...run], { env });
  assertStringIncludes(ran.stdout, "4xf16=2 4 6 1\n");
  const direct = await iree(["run", source, "--device=vulkan", ...run], {
    env,
  });
  assertEquals(direct.stdout, ran.stdout);
  const devices = await iree(["devices", "--driver=vulkan"], { env });
  assertStringIncludes(
    devices.stdout,
    "compile with --target=vulkan --iree-vulkan-target=llvmpipe",
  );
});
