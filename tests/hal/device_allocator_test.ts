import { assertEquals, assertThrows } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  load,
  runtime,
  type StatusCode,
} from "../../mod.ts";
import { execute, program, test, tool } from "../support.ts";

const mul = await program("mul.mlir");
const twoDevices = await program("two_devices.mlir");

const DRIVERS: readonly string[] = ["local-sync", "local-task"];

/** All allocators, and combinations of them. */
const CHOICES: readonly (readonly string[])[] = [
  [],
  ["caching"],
  ["debug"],
  ["caching", "debug"],
  ["debug", "caching"],
  ["caching", "caching"],
  ["caching:*=1mib;4mib;8"],
  ["caching:device_local=1gib;*;0"],
  ["caching:*=16;*;*,device_local=*;*;4"],
];

for (const uri of DRIVERS) {
  for (const allocators of CHOICES) {
    test(`Programs run on ${uri} with allocators ${JSON.stringify(allocators)}`, () => {
      using instance = Instance.open();
      using device = Device.create(instance, uri, { allocators });
      using loaded = load({ modules: [mul], device });
      for (let i = 1; i < 4; i++) {
        const data = new Float32Array([1, 2, 3, 4]);
        using view = BufferView.from(device, data.map((it) => it * i));
        using product = loaded.call("mul", data, view) as BufferView;
        assertEquals(
          product.toNestedArray(),
          Array.from(data, (it) => it * it * i),
        );
      }
    });
  }

  test(`A caching allocator of ${uri} keeps memory until it is trimmed`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri, { allocators: ["caching"] });
    for (let i = 0; i < 5; i++) {
      BufferView.from(device, new Float32Array(256)).dispose();
    }
    assertEquals(device.statistics.deviceBytesAllocated, 1024);
    assertEquals(device.statistics.deviceBytesFreed, 0);
    device.trim();
    assertEquals(device.statistics.deviceBytesFreed, 1024);
  });

  test(`A caching allocator of ${uri} keeps no more than its limit`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, uri, {
      allocators: ["caching:*=512;*;*"],
    });
    BufferView.from(device, new Uint8Array(512)).dispose();
    assertEquals(device.statistics.deviceBytesLive, 512);
    BufferView.from(device, new Uint8Array(1024)).dispose();
    assertEquals(device.statistics.deviceBytesLive, 512);
  });

  test(`Memory of ${uri} outlives its device with any allocator`, () => {
    for (const allocators of CHOICES) {
      const instance = Instance.open();
      const device = Device.create(instance, uri, { allocators });
      const view = BufferView.from(device, new Float32Array([1, 2]));
      device.dispose();
      instance.dispose();
      assertEquals(view.format(), "2xf32=1 2");
      view.dispose();
      assertEquals(runtime.statistics.liveAllocations, 0);
    }
  });
}

test("Each device of a group has the allocators", () => {
  using instance = Instance.open();
  using stack = new DisposableStack();
  const devices = Device.createGroup(instance, DRIVERS, {
    allocators: ["caching"],
  }).map((it) => stack.use(it));
  for (const device of devices) {
    BufferView.from(device, new Uint8Array(64)).dispose();
    assertEquals(device.statistics.deviceBytesLive, 64);
  }
  using loaded = load({ modules: [twoDevices], device: devices });
  using view = loaded.call("from_constants") as BufferView;
  assertEquals(view.format(), "4xf32=12 48 108 192");
});

test("Unknown allocators are rejected as IREE rejects them", async () => {
  const cases: [string[], StatusCode, string][] = [
    [["nope"], "INVALID_ARGUMENT", "unrecognized allocator 'nope'"],
    [["caching", "nope"], "INVALID_ARGUMENT", "unrecognized allocator 'nope'"],
    [["caching:bogus=1"], "INVALID_ARGUMENT", "unrecognized bitfield member"],
    [["caching", "caching:bogus=1"], "INVALID_ARGUMENT", "'bogus'"],
    [["caching:*=x"], "INVALID_ARGUMENT", "size must be an integer, got 'x'"],
    [["caching:host_local=1"], "INVALID_ARGUMENT", "no heap matching"],
    [["caching:*=1;1;x"], "INVALID_ARGUMENT", "invalid count 'x'"],
  ];
  using instance = Instance.open();
  for (const [allocators, code, words] of cases) {
    const error = assertThrows(
      () => Device.create(instance, "local-sync", { allocators }),
      IreeError,
      words,
    );
    assertEquals(error.code, code);
    const { stderr } = await execute(tool("iree-run-module"), [
      `--module=${mul}`,
      "--input=4xf32=1",
      "--input=4xf32=1",
      "--device=local-sync",
      ...allocators.map((it) => `--device_allocator=${it}`),
    ]);
    assertEquals(stderr.includes(words), true, stderr);
  }
});

test("Parts of a specification that IREE ignores are rejected", () => {
  const cases: [unknown, string][] = [
    [["debug:x"], "'debug' must not have anything after its name"],
    [["debug:"], "'debug' must not have anything after its name"],
    [["caching:"], "'' is not a pool"],
    [["caching:*=1,"], "'' is not a pool"],
    [["caching:*=1;2;3;4"], "'*=1;2;3;4' is not a pool"],
    [[""], "unrecognized allocator ''"],
    [[1], "an allocator must be a string, got the number 1"],
    ["caching", "allocators must be an array"],
  ];
  using instance = Instance.open();
  for (const [given, words] of cases) {
    const allocators = given as string[];
    assertThrows(
      () => Device.create(instance, "local-sync", { allocators }),
      IreeError,
      words,
    );
  }
});
