/**
 * Tests of Vulkan devices. They run in a separate process with a driver; see
 * `vulkan_test.ts`.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  List,
  load,
  type Program,
} from "../../mod.ts";
import { Batcher } from "../../lib/serve/mod.ts";
import { compareTensors, setIreeFlags } from "../../lib/tooling/mod.ts";
import { iree, program, test } from "../support.ts";

const [loader] = Deno.args;
const LOADER = { vulkan_libvulkan_search_path: loader };
{
  using instance = Instance.open();
  setIreeFlags(instance, LOADER);
}

const path = await program("vulkan.mlir");

/** Opens a program on a device. */
function open(): Program {
  return load({ modules: [path], device: "vulkan" });
}

test("Vulkan multiplies tensors", () => {
  using loaded = open();
  for (let i = 0; i < 5; i++) {
    using product = loaded.call("mul", [1, 2, 3, i], [
      5,
      6,
      7,
      8,
    ]) as BufferView;
    assertEquals(product.toNestedArray(), [5, 12, 21, 8 * i]);
  }
});

test("Vulkan runs the requests of a batch", async () => {
  using loaded = open();
  using batcher = Batcher.of(loaded, { function: "mul", maxDelay: 1 });
  const requests = [[1, 2], [3], [4]].map((rows) =>
    batcher.run({ input0: rows, input1: rows })
  );
  const answers = await Promise.all(requests);
  assertEquals(
    answers.map(({ output0 }) => [...output0!.data]),
    [[1, 4], [9], [16]],
  );
});

test("Vulkan multiplies matrices", () => {
  using loaded = open();
  const a = Float32Array.from({ length: 32 }, (_, i) => i);
  const b = Float32Array.from({ length: 24 }, (_, i) => i % 5);
  const expected = Array.from(
    { length: 4 },
    (_, row) =>
      Array.from({ length: 3 }, (_, column) => {
        let sum = 0;
        for (let k = 0; k < 8; k++) sum += a[row * 8 + k] * b[k * 3 + column];
        return sum;
      }),
  );
  using product = loaded.call("matmul", a, b) as BufferView;
  assertEquals(product.toNestedArray(), expected);
});

test("Vulkan adds bytes", () => {
  using loaded = open();
  const [a, b] = [[1, -2, 127, 4], [5, 6, 1, -8]];
  using sum = loaded.call("add_i8", a, b) as BufferView;
  assertEquals(sum.toNestedArray(), [6, 4, -128, -4]);
});

test("Twenty calls run on Vulkan concurrently", async () => {
  using loaded = open();
  const calls = Array.from(
    { length: 20 },
    (_, i) => loaded.callAsync("mul", [1, 2, 3, i], [1, 1, 1, 2]),
  );
  const results = await Promise.all(calls) as BufferView[];
  assertEquals(
    results.map((result) => result.toNestedArray()),
    results.map((_, i) => [1, 2, 3, 2 * i]),
  );
  for (const result of results) result.dispose();
});

test("Tensors on Vulkan are formatted and compared without mapping", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "vulkan");
  using loaded = load({ modules: [path], device });
  using product = loaded.call("mul", [1, 2, 3, 4], [5, 6, 7, 8]) as BufferView;
  assertEquals(product.format(), "4xf32=5 12 21 32");
  assertEquals(product.format(2), "4xf32=5 12...");
  using empty = BufferView.from(device, new Float32Array(0), [0, 2]);
  assertEquals(empty.format(), "0x2xf32=");
  using list = List.create(instance);
  list.push(product);
  assertStringIncludes(list.format(), "4xf32=5 12 21 32");
  using same = BufferView.from(device, new Float32Array([5, 12, 21, 32]));
  assertEquals(compareTensors(same, product), undefined);
  using other = BufferView.from(instance, new Float32Array([5, 12, 21, 33]));
  assertStringIncludes(
    compareTensors(other, product) ?? "",
    "element at index 3 (32) does not match the expected (33)",
  );
});

test("Vulkan rejects allocators", () => {
  using instance = Instance.open();
  for (const uri of ["vulkan", "vulkan://0"]) {
    for (const allocators of [["caching"], ["debug"], ["caching", "debug"]]) {
      const error = assertThrows(
        () => Device.create(instance, uri, { allocators }),
        IreeError,
        `device '${uri}': the driver does not support allocators`,
      );
      assertEquals(error.code, "UNIMPLEMENTED");
    }
  }
  using device = Device.create(instance, "vulkan", { allocators: [] });
  assertEquals(device.uri, "vulkan");
});

test("A command that used Vulkan exits cleanly", async () => {
  const { code, stdout, stderr } = await iree([
    "run",
    path,
    "--device=vulkan",
    `--vulkan_libvulkan_search_path=${loader}`,
    "--function=mul",
    "--input=4xf32=1 2 3 4",
    "--input=4xf32=5 6 7 8",
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "4xf32=5 12 21 32\n");
});
