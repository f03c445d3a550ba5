/**
 * Tests of programs for other GPUs. See `vulkan_test.ts`.
 *
 * @module
 */

import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type BufferView,
  Device,
  Instance,
  IreeError,
  load,
  loadAsync,
} from "../../mod.ts";
import { setIreeFlags } from "../../lib/tooling/mod.ts";
import { iree, program, test } from "../support.ts";

const [loader] = Deno.args;
{
  using instance = Instance.open();
  setIreeFlags(instance, { vulkan_libvulkan_search_path: loader });
}

/** Targets of the compiler: names in the program, and subgroup sizes. */
const TARGETS: Readonly<Record<string, readonly [string, number]>> = {
  llvmpipe: ["llvmpipe", 8],
  ampere: ["sm_80", 32],
};

function compiled(name: string, target: string): Promise<string> {
  return program(name, [`--iree-vulkan-target=${target}`]);
}

/** Subgroup size of the driver, which depends on the CPU. */
function actualSize(): number {
  using instance = Instance.open();
  using device = Device.create(instance, "vulkan");
  return Number(device.queryI64("vulkan.device", "subgroup_size"));
}

test("A program is rejected on a GPU where its sums would be wrong, and only there", async () => {
  const actual = actualSize();
  for (const [target, [name, size]] of Object.entries(TARGETS)) {
    const path = await compiled("vulkan_sums.mlir", target);
    if (size === actual) {
      using loaded = load({ modules: [path], device: "vulkan" });
      const sum = loaded.lookupFunction("sum");
      const ones = new Float32Array(8192).fill(1);
      assertEquals(sum.compute(ones), new Float32Array(8).fill(1024));
      const total = loaded.lookupFunction("total");
      const numbers = Float32Array.from({ length: 1000 }, (_, i) => i);
      assertEquals(total.compute(numbers), new Float32Array([499500]));
      continue;
    }
    const rejected = `'vulkan_sums' is compiled for ${name}, which runs ` +
      `${size} threads together; 'vulkan' (`;
    for (const module of [path, await Deno.readFile(path)]) {
      const options = { modules: [module], device: "vulkan" };
      const error = assertThrows(() => load(options), IreeError, rejected);
      assertEquals(error.code, "INCOMPATIBLE");
      assertStringIncludes(error.detail, `) runs ${actual}, so its sums would`);
      assertEquals(
        error.hint,
        "compile it for this GPU: iree compile program.mlir -o program.vmfb " +
          "--target=vulkan",
      );
      await assertRejects(() => loadAsync(options), IreeError, rejected);
    }
  }
});

test("A program for another GPU that combines no threads runs", async () => {
  {
    const path = await compiled("vulkan.mlir", "ampere");
    using loaded = load({ modules: [path], device: "vulkan" });
    using product = loaded.call("mul", [1, 2, 3, 4], [
      5,
      6,
      7,
      8,
    ]) as BufferView;
    assertEquals(product.toNestedArray(), [5, 12, 21, 32]);
    const matmul = loaded.lookupFunction("matmul");
    const [a, b] = [new Float32Array(32).fill(2), new Float32Array(24).fill(3)];
    assertEquals(matmul.compute(a, b), new Float32Array(12).fill(48));
  }
  const path = await program("vulkan_sums.mlir");
  using loaded = load({ modules: [path], device: "vulkan" });
  const sum = loaded.lookupFunction("sum");
  const ones = new Float32Array(8192).fill(1);
  assertEquals(sum.compute(ones), new Float32Array(8).fill(1024));
});

test("iree run rejects a program for another GPU, from a file and from stdin", async () => {
  const wrong = actualSize() === 32 ? "llvmpipe" : "ampere";
  const path = await compiled("vulkan_sums.mlir", wrong);
  const flags = [
    "--device=vulkan",
    `--vulkan_libvulkan_search_path=${loader}`,
    "--function=sum",
    "--input=8x1024xf32=1",
  ];
  for (const module of [path, "-"]) {
    const { code, stdout, stderr } = await iree(
      ["run", module, ...flags],
      module === "-" ? { stdin: await Deno.readFile(path) } : {},
    );
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "INCOMPATIBLE: 'vulkan_sums' is compiled for");
    assertStringIncludes(stderr, "--target=vulkan");
  }
});
