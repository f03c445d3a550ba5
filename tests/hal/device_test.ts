import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  load,
  type StatusCode,
} from "../../mod.ts";
import { execute, program, test, tool } from "../support.ts";

const mul = await program("mul.mlir");

const DRIVERS: readonly string[] = ["local-sync", "local-task"];

test("Invalid device URIs are rejected as IREE rejects them", async () => {
  using instance = Instance.open();
  const cases: [string, StatusCode, string][] = [
    ["bogus", "NOT_FOUND", "no driver 'bogus' registered"],
    ["bogus://0", "NOT_FOUND", "no driver 'bogus' registered"],
    ["", "NOT_FOUND", "no driver '' registered"],
    ["local-task://nope", "NOT_FOUND", "device paths not yet implemented"],
    ["local-sync://nope", "NOT_FOUND", "device paths not yet implemented"],
    ["null", "UNIMPLEMENTED", "driver not implemented"],
  ];
  for (const [uri, code, words] of cases) {
    const error = assertThrows(
      () => Device.create(instance, uri),
      IreeError,
      words,
    );
    assertEquals(error.code, code, uri);
    if (uri === "null") continue;
    const args = [`--module=${mul}`, "--input=4xf32=1", "--input=4xf32=1"];
    const { stderr } = await execute(tool("iree-run-module"), [
      ...args,
      `--device=${uri}`,
    ]);
    assert(stderr.includes(`${code}; `) && stderr.includes(words), stderr);
  }
});

test("Parameters that a driver would ignore are rejected", () => {
  using instance = Instance.open();
  for (const driver of [...DRIVERS, "null"]) {
    for (const rest of ["://?", "://?a=b", "://path?a=b&c"]) {
      const error = assertThrows(
        () => Device.create(instance, driver + rest),
        IreeError,
        `the driver '${driver}' takes no parameters`,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
    const error = assertThrows(
      () => Device.create(instance, `${driver}?a=b`),
      IreeError,
    );
    assertEquals(error.code, "NOT_FOUND");
  }
});

for (const uri of DRIVERS) {
  test(`The allocator of a ${uri} device counts its allocations`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    const zero = {
      hostBytesPeak: 0,
      hostBytesAllocated: 0,
      hostBytesFreed: 0,
      hostBytesLive: 0,
      deviceBytesPeak: 0,
      deviceBytesAllocated: 0,
      deviceBytesFreed: 0,
      deviceBytesLive: 0,
    };
    assertEquals(device.statistics, zero);
    const view = BufferView.from(device, new Float32Array(1000));
    const live = {
      ...zero,
      deviceBytesPeak: 4000,
      deviceBytesAllocated: 4000,
      deviceBytesLive: 4000,
    };
    assertEquals(device.statistics, live);
    view.dispose();
    assertEquals(device.statistics, {
      ...live,
      deviceBytesFreed: 4000,
      deviceBytesLive: 0,
    });
  });

  test(`Statistics of a ${uri} device have IREE's text format`, async () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    using _view = BufferView.from(device, new Float32Array(123));
    const text = device.formatStatistics();
    assertMatch(text, / 492B peak .* 492B allocated .* 0B freed .* 492B live/);
    const { stderr } = await execute(tool("iree-run-module"), [
      `--module=${mul}`,
      "--input=4xf32=1",
      "--input=4xf32=1",
      `--device=${uri}`,
      "--print_statistics",
    ]);
    const blank = (it: string): string => it.replaceAll(/ *\d+B/g, "#B");
    assertEquals(`Device: ${device.id}\n${blank(text)}\n`, blank(stderr));
  });

  test(`Memory heaps of a ${uri} device are listed`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    const [heap] = device.memoryHeaps;
    assertEquals(heap.type, ["DEVICE_LOCAL", "HOST_VISIBLE", "HOST_COHERENT"]);
    assert(heap.allowedUsage.includes("TRANSFER_SOURCE"));
    assert(heap.allowedUsage.includes("MAPPING_SCOPED"));
    assert(!heap.allowedUsage.some((it) => it.includes("error")));
    assertEquals(heap.maxAllocationSize, undefined);
    assertEquals(heap.minAlignment, 64);
  });

  test(`Queries of a ${uri} device are answered by its driver`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    assertEquals(device.queryI64("hal.device.id", uri), 1n);
    assertEquals(device.queryI64("hal.device.id", "local-*"), 1n);
    assertEquals(device.queryI64("hal.device.id", "vulkan"), 0n);
    assertEquals(
      device.queryI64("hal.executable.format", "vmvx-bytecode-fb"),
      1n,
    );
    assertEquals(device.queryI64("hal.executable.format", "spirv"), 0n);
    const error = assertThrows(
      () => device.queryI64("no.such", "thing"),
      IreeError,
      "no.such :: thing",
    );
    assertEquals(error.code, "NOT_FOUND");
  });

  test(`A ${uri} device without work is idle`, async () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    device.waitIdle();
    device.waitIdle({ timeout: 0 });
    await device.waitIdleAsync();
    using loaded = load({ modules: [mul], device });
    for (let i = 0; i < 20; i++) {
      const ones = new Float32Array(4).fill(1);
      using _view = loaded.call("mul", ones, ones) as BufferView;
      device.waitIdle({ timeout: 180_000 });
    }
    await device.waitIdleAsync();
  });

  test(`A ${uri} device keeps working after it is trimmed`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    using view = BufferView.from(device, new Float32Array([1, 2]));
    device.trim();
    assertEquals(view.format(), "2xf32=1 2");
    using other = BufferView.from(device, new Float32Array([3]));
    assertEquals(other.format(), "1xf32=3");
  });
}

test("A disposed device throws", () => {
  using instance = Instance.open();
  const device = Device.create(instance, "local-sync");
  device.dispose();
  const uses: (() => unknown)[] = [
    () => device.statistics,
    () => device.formatStatistics(),
    () => device.memoryHeaps,
    () => device.queryI64("a", "b"),
    () => device.trim(),
    () => device.waitIdle(),
  ];
  for (const use of uses) assertThrows(use, IreeError, "was disposed");
});
