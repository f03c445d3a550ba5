/**
 * More tests of Vulkan devices: element types, memory, state, parameters, and
 * the process's end. See `vulkan_test.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join } from "@std/path";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  load,
  ParameterIndex,
  type Program,
} from "../../mod.ts";
import { setIreeFlags } from "../../lib/tooling/mod.ts";
import {
  denoFlags,
  execute,
  IMPORT_ALL,
  nativeModule,
  program,
  TemporaryFolder,
  test,
} from "../support.ts";

const [loader] = Deno.args;
{
  using instance = Instance.open();
  setIreeFlags(instance, { vulkan_libvulkan_search_path: loader });
}

const path = await program("vulkan_more.mlir");

/** Finds the loader itself in its folder. */
function loaderOf(folder: string): string {
  return join(folder, "libvulkan.so.1");
}

/** Runs a test with a device and the program on it. */
function withProgram(
  body: (loaded: Program, device: Device) => void | Promise<void>,
): () => Promise<void> {
  return async () => {
    using instance = Instance.open();
    using device = Device.create(instance, "vulkan");
    using index = ParameterIndex.create(instance);
    index.addData("weight", new Float32Array([1, 2, 3, 4]));
    using loaded = load({
      modules: [path],
      device,
      parameters: { scope: "model", index },
    });
    await body(loaded, device);
  };
}

/** Calls a function with one result and returns it as text. */
function textOf(loaded: Program, name: string, ...values: unknown[]): string {
  using result = loaded.call(name, ...values as number[][]) as BufferView;
  return result.format();
}

test(
  "Vulkan computes with 16-bit floats and 64-bit integers",
  withProgram((loaded) => {
    const f16 = textOf(loaded, "add_f16", [1, 1.5, 1, 2], [1, 2, 3, 4]);
    assertEquals(f16, "4xf16=2 3.5 4 6");
    const large = 2n ** 60n;
    assertEquals(
      textOf(loaded, "add_i64", [1n, 1n, 1n, large], [1n, 2n, 3n, 4n]),
      `4xi64=2 3 4 ${large + 4n}`,
    );
  }),
);

test(
  "Vulkan reads parameters",
  withProgram((loaded) => {
    assertEquals(textOf(loaded, "scale", [1, 1, 1, 2]), "4xf32=1 2 3 8");
  }),
);

test(
  "A program on Vulkan keeps its state, and a fork has a copy",
  withProgram((loaded) => {
    const add = (to: Program) => textOf(to, "accumulate", [1, 2, 3, 4]);
    assertEquals(add(loaded), "4xf32=1 2 3 4");
    using fork = loaded.fork();
    assertEquals(add(fork), "4xf32=2 4 6 8");
    assertEquals(add(loaded), "4xf32=2 4 6 8");
    assertEquals(add(fork), "4xf32=3 6 9 12");
  }),
);

test(
  "Vulkan counts its memory and returns what is free",
  withProgram(async (_, device) => {
    using view = BufferView.from(device, new Float32Array(1024));
    const { deviceBytesLive, deviceBytesPeak } = device.statistics;
    assert(deviceBytesLive >= view.byteLength, `${deviceBytesLive}`);
    assert(deviceBytesPeak >= deviceBytesLive, `${deviceBytesPeak}`);
    assert(device.memoryHeaps.length > 0);
    device.trim();
    device.waitIdle();
    await device.waitIdleAsync();
    assertEquals(view.toBytes(), new Uint8Array(4096));
  }),
);

test(
  "Vulkan answers its driver's queries, and lists its memory",
  withProgram((_, device) => {
    const answers: [string, string, bigint][] = [
      ["hal.device.id", "vulkan", 1n],
      ["hal.device.id", "local-*", 0n],
      ["hal.executable.format", "vulkan-spirv-fb", 1n],
      ["hal.executable.format", "vmvx-bytecode-fb", 0n],
    ];
    for (const [category, key, answer] of answers) {
      assertEquals(device.queryI64(category, key), answer, key);
    }
    const error = assertThrows(
      () => device.queryI64("no.such", "thing"),
      IreeError,
      "no.such :: thing",
    );
    assertEquals(error.code, "NOT_FOUND");
    const types = device.memoryHeaps.flatMap(({ type }) => type);
    assert(types.includes("DEVICE_LOCAL"), `${types}`);
    assert(types.includes("HOST_VISIBLE"), `${types}`);
    using _view = BufferView.from(device, new Float32Array(123));
    assertMatch(device.formatStatistics(), /DEVICE_LOCAL: +[1-9]\d*B peak/);
  }),
);

test(
  "Vulkan's memory is written and read, but not mapped",
  withProgram((_, device) => {
    using view = BufferView.from(device, new Float32Array([1, 2]));
    const mapping = assertThrows(() => view.map(), IreeError);
    assertEquals(
      mapping.message,
      "FAILED_PRECONDITION: the host cannot access the tensor's memory",
    );
    view.write(new Float32Array([5]), 1);
    assertEquals(view.toNestedArray(), [1, 5]);
  }),
);

test(
  "A tensor that is too large for Vulkan is an error, and the device continues",
  withProgram((loaded, device) => {
    const error = assertThrows(
      () => BufferView.zeros(device, "i8", [2 ** 44]),
      IreeError,
    );
    assertEquals(error.code, "RESOURCE_EXHAUSTED");
    assertEquals(textOf(loaded, "scale", [1, 1, 1, 1]), "4xf32=1 2 3 4");
  }),
);

test("A group has a Vulkan device and one for the CPU", () => {
  using instance = Instance.open();
  const devices = Device.createGroup(instance, ["vulkan", "local-task"]);
  for (const device of devices) {
    using view = BufferView.from(device, new Float32Array([1, 2]));
    assertEquals(view.format(), "2xf32=1 2");
  }
  for (const device of devices) device.dispose();
});

// IREE's compiler rejects programs that move tensors to and from the CPU.
test("A program runs on two Vulkan devices", async () => {
  const both = await program("vulkan_twice.mlir");
  using loaded = load({ modules: [both], device: ["vulkan", "vulkan"] });
  assertEquals(
    textOf(loaded, "there_and_back", [1, 2, 3, 4]),
    "4xf32=12 48 108 192",
  );
});

test(
  "Vulkan rejects arrays that are not whole pages, and leaves them unchanged",
  withProgram((_, device) => {
    using instance = Instance.open();
    const array = BufferView.alignedArray(instance, "f32", 5).fill(3);
    const error = assertThrows(() => BufferView.import(device, array));
    assert(error instanceof IreeError);
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertEquals(error.hint, "use BufferView.from, which copies");
    assertEquals([...array], [3, 3, 3, 3, 3]);
  }),
);

test("After a device is lost, calls fail, everything is released, and the CPU works on", async () => {
  using folder = new TemporaryFolder();
  const script = folder.join("lost.ts");
  await Deno.writeTextFile(
    script,
    `${IMPORT_ALL}
const [loader, vulkan, file, cpu] = Deno.args;
const failure = async (work) => {
  const error = await Promise.resolve().then(work).catch((error) => error);
  console.log(error.code, error.message.includes("VK_ERROR_DEVICE_LOST"));
};
{
  using instance = iree.Instance.open();
  iree.setIreeFlags(instance, { vulkan_libvulkan_search_path: loader });
  using device = iree.Device.create(instance, "vulkan");
  using loaded = iree.load({ modules: [vulkan], device });
  const mul = loaded.lookupFunction("mul");
  const [a, b] = [new Float32Array(4).fill(2), new Float32Array(4).fill(3)];
  console.log(...await mul.computeAsync(a, b));
  Deno.writeTextFileSync(file, "");
  await failure(() => mul.compute(a, b));
  await failure(() => mul.computeAsync(a, b));
  await failure(() => device.waitIdle());
  using other = iree.load({ modules: [cpu] });
  console.log(...other.lookupFunction("mul").compute(a, b));
}
console.log(iree.runtime.statistics.liveAllocations);
`,
  );
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    ...["run", "-A", "--no-check", ...denoFlags(), script],
    await nativeModule("fixtures/lost_vulkan.c"),
    await program("vulkan.mlir"),
    folder.join("lost"),
    await program("mul.mlir"),
  ], {
    env: {
      VULKAN_LOADER: loaderOf(loader),
      VULKAN_LOST: folder.join("lost"),
    },
  });
  const lost = "DATA_LOSS true\n".repeat(3);
  assertEquals([code, stdout, stderr], [0, `6 6 6 6\n${lost}6 6 6 6\n0\n`, ""]);
});

test("A process with calls on Vulkan under way ends with its own status", async () => {
  using folder = new TemporaryFolder();
  const script = folder.join("exit.ts");
  await Deno.writeTextFile(
    script,
    `${IMPORT_ALL}
const instance = iree.Instance.open();
iree.setIreeFlags(instance, { vulkan_libvulkan_search_path: Deno.args[0] });
const index = iree.ParameterIndex.create(instance);
index.addData("weight", new Float32Array(4));
const device = iree.Device.create(instance, "vulkan");
const loaded = iree.load({
  modules: [Deno.args[1]], device, parameters: { scope: "model", index },
});
const calls = Array.from({ length: 50 }, () =>
  loaded.callAsync("accumulate", [1, 2, 3, 4]));
await calls[0];
Deno.exit(7);
`,
  );
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    ...["run", "-A", "--no-check", ...denoFlags()],
    ...[script, loader, path],
  ], { env: { LSAN_OPTIONS: "detect_leaks=0" } }); // of the calls under way
  assertEquals([code, stdout, stderr], [7, "", ""]);
});
