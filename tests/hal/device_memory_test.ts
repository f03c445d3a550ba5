import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  load,
  type Program,
  runtime,
} from "../../mod.ts";
import { program, test } from "../support.ts";

interface Shapes {
  vector(view: BufferView): BufferView;
}

const shapes = await program("shapes.mlir");

const MEBIBYTE = 2 ** 20;

/** The initial memory of local-task, and the least by which it grows. */
const SLAB = 16 * MEBIBYTE;

/** Opens a device and a program that returns its argument times two. */
function open(
  stack: DisposableStack,
  uri: string,
): { device: Device; loaded: Program<Shapes> } {
  const instance = stack.use(Instance.open());
  const device = stack.use(Device.create(instance, uri));
  const loaded = stack.use(load<Shapes>({ modules: [shapes], device }));
  return { device, loaded };
}

function makeView(device: Device, byteLength: number): BufferView {
  return BufferView.from(device, new Float32Array(byteLength / 4).fill(1));
}

test("Results held in rounds use no more memory than one round", async () => {
  using stack = new DisposableStack();
  const { device, loaded } = open(stack, "local-task");
  const input = stack.use(makeView(device, MEBIBYTE));
  const before = runtime.statistics.liveBytes;
  for (let round = 0; round < 8; round++) {
    const results = await Promise.all(
      Array.from({ length: 100 }, () => loaded.callAsync("vector", input)),
    ) as BufferView[];
    const committed = runtime.statistics.liveBytes - before;
    assertLessOrEqual(committed, 1.25 * 100 * MEBIBYTE);
    results.forEach((view) => view.dispose());
  }
});

for (const byteLength of [65536, 1100000, 4 * MEBIBYTE + 64, 33 * MEBIBYTE]) {
  test(`Results of ${byteLength} bytes, replaced at random, use memory in proportion`, () => {
    using stack = new DisposableStack();
    const { device, loaded } = open(stack, "local-task");
    const input = stack.use(makeView(device, byteLength));
    const count = Math.ceil(64 * MEBIBYTE / byteLength) + 1;
    const before = runtime.statistics.liveBytes;
    const results = Array.from({ length: count }, () => loaded.vector(input));
    for (let i = 0; i < 3 * count; i++) {
      const place = i * 7 % count;
      results[place].dispose();
      results[place] = loaded.vector(input);
    }
    const committed = runtime.statistics.liveBytes - before;
    assertLessOrEqual(committed, 1.25 * count * byteLength + SLAB);
    results.forEach((view) => view.dispose());
  });
}

test("Trimming a device returns all free memory", () => {
  using stack = new DisposableStack();
  const { device, loaded } = open(stack, "local-task");
  const input = stack.use(makeView(device, MEBIBYTE));
  device.trim();
  const before = runtime.statistics.liveBytes;
  const results = Array.from({ length: 100 }, () => loaded.vector(input));
  assert(runtime.statistics.liveBytes - before >= 100 * MEBIBYTE);
  const last = results.pop()!;
  results.forEach((view) => view.dispose());
  device.waitIdle();
  device.trim();
  assertLessOrEqual(runtime.statistics.liveBytes - before, SLAB + MEBIBYTE);
  assertEquals(last.toTypedArray()[0], 2);
  last.dispose();
  device.waitIdle();
  device.trim();
  assertLessOrEqual(runtime.statistics.liveBytes - before, MEBIBYTE);
  using again = loaded.vector(input);
  assertEquals(again.toTypedArray()[0], 2);
});

for (const uri of ["local-sync", "local-task"]) {
  test(`Statistics of ${uri} count what programs allocate`, () => {
    using stack = new DisposableStack();
    const { device, loaded } = open(stack, uri);
    const input = stack.use(makeView(device, MEBIBYTE));
    const live = device.statistics.deviceBytesLive;
    assertEquals(live, MEBIBYTE);
    for (const byteLength of [MEBIBYTE, 80 * MEBIBYTE]) {
      const large = stack.use(makeView(device, byteLength));
      const { deviceBytesLive } = device.statistics;
      const result = loaded.vector(large);
      assertEquals(
        device.statistics.deviceBytesLive - deviceBytesLive,
        byteLength,
      );
      result.dispose();
      device.waitIdle();
      assertEquals(device.statistics.deviceBytesLive, deviceBytesLive);
      assert(device.statistics.deviceBytesPeak >= deviceBytesLive + byteLength);
    }
    assertEquals(loaded.vector(input).dispose(), undefined);
  });
}
