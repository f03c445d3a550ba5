import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import process from "node:process";
import { Worker as NodeWorker } from "node:worker_threads";
import {
  BufferView,
  type Instance,
  IreeError,
  List,
  load,
  type TypedArray,
  VmBuffer,
} from "../../mod.ts";
import type { Attempt } from "../ownership/workers/adopting.ts";
import { program, test, withDevice } from "../support.ts";
import { waitUntilLive } from "../waiting.ts";

const mul = await program("mul.mlir");

function refusal(action: () => unknown): string {
  const error = assertThrows(action, IreeError);
  assertEquals(error.code, "INVALID_ARGUMENT");
  return error.detail;
}

test("An imported array's memory becomes the tensor's, without a copy", () => {
  using loaded = load({ modules: [mul], device: "local-task" });
  const { instance } = loaded.context;
  withDevice((device) => {
    const array = BufferView.alignedArray(instance, "f32", 4);
    array.set([1, 2, 3, 4]);
    using view = BufferView.import(device, array, [4]);
    assertEquals([array.length, view.byteLength], [0, 16]);
    assertEquals(view.format(), "4xf32=1 2 3 4");
    using product = loaded.mul(view, view) as BufferView;
    assertEquals(product.toNestedArray(), [1, 4, 9, 16]);
    using ones = BufferView.import(
      instance,
      BufferView.alignedArray(instance, "bf16", 2),
      [2, 1],
      { elementType: "bf16" },
    );
    assertEquals(ones.toNestedArray(), [[0], [0]]);
  });
});

test("Imported memory is held exactly as long as a program uses it", () => {
  const size = 1 << 20;
  withDevice((device, instance) => {
    using list = List.create(instance);
    const before = externalBytes();
    for (let i = 0; i < 40; i++) {
      const array = BufferView.alignedArray(instance, "i8", size).fill(i);
      using view = BufferView.import(device, array);
      list.resize(0);
      list.push(view);
    }
    gc();
    using last = list.get(0) as BufferView;
    assertEquals(last.toTypedArray().at(-1), 39);
    // Only the last one is held.
    const held = (externalBytes() - before) / size;
    assert(held > 0.9 && held < 1.9, `${held} are held`);
  });
});

test("Thousands of imported arrays are released together", () => {
  withDevice((device, instance) => {
    using list = List.create(instance);
    for (let i = 0; i < 20_000; i++) {
      const array = BufferView.alignedArray(instance, "f32", 1);
      using view = BufferView.import(device, array);
      list.push(view);
    }
  });
});

test("Releasing objects is as fast with thousands of imported arrays", () => {
  withDevice((device, instance) => {
    const few = workOfReleases(instance);
    using list = List.create(instance);
    for (let i = 0; i < 5000; i++) {
      const array = BufferView.alignedArray(instance, "f32", 1);
      using view = BufferView.import(device, array);
      list.push(view);
    }
    const many = workOfReleases(instance);
    // Checking each array at each release would be a thousand times the work.
    assert(many < 10 * few + 5000, `${many} after ${few} µs`);
  });
});

test("Data that cannot be imported is rejected and left unchanged", () => {
  withDevice((device, instance) => {
    const aligned = BufferView.alignedArray(instance, "f32", 8);
    const odd = new Float32Array(aligned.buffer, aligned.byteOffset + 4, 4);
    assertStringIncludes(
      refusal(() => BufferView.import(device, odd)),
      "is not aligned",
    );
    assertStringIncludes(
      refusal(() => BufferView.import(device, aligned, [3])),
      "has 8 elements",
    );
    const resizable = new Uint8Array(
      new ArrayBuffer(64, { maxByteLength: 128 }),
    );
    assertStringIncludes(
      refusal(() => BufferView.import(device, resizable)),
      "shared or resizable buffer",
    );
    assertStringIncludes(
      refusal(() => BufferView.import(device, [1] as unknown as TypedArray)),
      "not a typed array",
    );
    assertEquals(aligned.length, 8);
  });
});

test("Memory that cannot be moved is rejected and leaves nothing behind", () => {
  withDevice((device, instance) => {
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    const array = new Float32Array(buffer as ArrayBuffer, 0, 4).fill(7);
    assertStringIncludes(
      refusal(() => BufferView.import(device, array)),
      "cannot be moved",
    );
    assertEquals(array, new Float32Array([7, 7, 7, 7]));
    const moved = BufferView.alignedArray(instance, "f32", 4);
    const shape = Object.defineProperty([0], 0, {
      get: () => moved.buffer.transfer().byteLength * 0,
    });
    assertStringIncludes(
      refusal(() => BufferView.import(device, moved, shape)),
      "is detached",
    );
  });
});

/** Reports of the two kinds of workers, sent when they end. */
const ATTEMPTS: Record<string, (url: URL) => Promise<Attempt>> = {
  async Deno(url) {
    const worker = new Worker(url, { type: "module" });
    try {
      return await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
      });
    } finally {
      worker.terminate();
    }
  },
  async Node(url) {
    const worker = new NodeWorker(url);
    try {
      return await new Promise((resolve, reject) => {
        worker.on("message", resolve);
        worker.on("error", reject);
      });
    } finally {
      await worker.terminate();
    }
  },
};

for (const [kind, attempt] of Object.entries(ATTEMPTS)) {
  test(`Workers of ${kind} cannot import memory, and their keys are separate`, async () => {
    const url = new URL("../ownership/workers/adopting.ts", import.meta.url);
    const attempts = await Promise.all([attempt(url), attempt(url)]);
    for (const { refusal } of attempts) {
      assertEquals(
        refusal,
        "FAILED_PRECONDITION: memory cannot be imported in a worker",
      );
    }
    const [one, other] = attempts.map(({ key }) => key);
    assert(one !== other, `both have the key ${one}`);
    // A worker's thread releases its objects after it has ended.
    await waitUntilLive();
  });
}

/**
 * Microseconds needed to release many objects, the least of several attempts.
 */
function workOfReleases(instance: Instance): number {
  const attempts = Array.from({ length: 5 }, () => {
    const buffers = Array.from(
      { length: 500 },
      () => VmBuffer.from(instance, new Uint8Array(1)),
    );
    const before = process.cpuUsage();
    for (const buffer of buffers) buffer.dispose();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...attempts);
}

function gc(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/**
 * Bytes that the engine holds outside its heap. It frees arrays on another
 * thread, and counts them later.
 */
function externalBytes(): number {
  let bytes = NaN;
  for (let same = 0; same < 3;) {
    gc();
    const { external } = Deno.memoryUsage();
    same = external === bytes ? same + 1 : 0;
    bytes = external;
  }
  return bytes;
}
