import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type BufferMapping,
  BufferView,
  IreeError,
  List,
  load,
} from "../../mod.ts";
import {
  denoFlags,
  execute,
  LIBRARY,
  type Output,
  program,
  ROOT_URL,
  test,
  withDevice,
} from "../support.ts";

const mul = await program("mul.mlir");

test("A mapped tensor is the program's own memory", () => {
  using loaded = load({ modules: [mul], device: "local-task" });
  using result = loaded.mul([1, 2, 3, 4], [1, 1, 1, 1]) as BufferView;
  using mapping = result.map();
  assertEquals(mapping.array, new Float32Array([1, 2, 3, 4]));
  mapping.array[0] = 10;
  using again = loaded.mul(result, [1, 1, 1, 2]) as BufferView;
  assertEquals(again.toNestedArray(), [10, 2, 3, 8]);
});

test("A mapping has the requested element type or is rejected", () => {
  withDevice((device) => {
    using view = BufferView.from(device, new Float32Array([1, 2]));
    using mapping = view.map("f32");
    const array: Float32Array = mapping.array;
    array.set([3], 1);
    assertEquals(view.toNestedArray(), [1, 3]);
    const error = assertThrows(
      () => view.map("i32"),
      IreeError,
      "f32, not 'i32'",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  });
});

test("A mapping is empty after disposal, and outlives its view", () => {
  withDevice((device) => {
    const view = BufferView.from(device, new Float32Array([1, 2]));
    const mapping = view.map();
    const { array } = mapping;
    view.dispose();
    array[1] = 5;
    assertEquals(array, new Float32Array([1, 5]));
    mapping.dispose();
    mapping.dispose();
    assertEquals([array.length, array.byteLength], [0, 0]);
    using nothing = BufferView.from(device, new Float32Array(0));
    using empty = nothing.map();
    assertEquals(empty.array.length, 0);
  });
});

test("A mapping is empty however it is disposed", () => {
  withDevice((device, instance) => {
    using view = BufferView.from(device, new Float32Array([1, 2]));
    using list = List.create(instance);
    for (
      const dispose of [
        (mapping: BufferMapping) => mapping.dispose(),
        (mapping: BufferMapping) => list.dispose.call(mapping),
        (mapping: BufferMapping) => {
          const other = { value: new Float32Array(2), configurable: true };
          Object.defineProperty(mapping, "array", other);
          mapping.dispose();
        },
        (mapping: BufferMapping) => {
          const { array } = mapping;
          const { buffer } = array;
          Object.defineProperty(array, "buffer", { value: new ArrayBuffer(8) });
          Object.assign(buffer, { transfer: () => buffer });
          Object.defineProperty(buffer, "detached", { value: true });
          mapping.dispose();
        },
      ]
    ) {
      const mapping = view.map();
      const { array } = mapping;
      assertEquals(array.length, 2);
      dispose(mapping);
      assertEquals([array.length, mapping.disposed], [0, true]);
    }
  });
});

Deno.test("Memory moved out of a mapping survives every disposal", async () => {
  const { code, stdout, stderr } = await run(`
    import { BufferView, Device, Instance } from "${ROOT_URL}mod.ts";
    const instance = Instance.open({ library: ${JSON.stringify(LIBRARY)} });
    const device = Device.create(instance, "local-sync");
    const view = BufferView.from(device, new Float32Array(1 << 20).fill(7));
    const mapping = view.map();
    const array = new Float32Array(mapping.array.buffer.transfer());
    for (const object of [mapping, view, device, instance]) object.dispose();
    console.log(mapping.disposed, array.every((value) => value === 7));`);
  assertEquals([code, stdout], [0, "true true\n"], stderr);
});

Deno.test("Memory moved out of a worker's mapping outlives the worker", async () => {
  const { code, stdout, stderr } = await run(`
    import { Instance, runtime } from "${ROOT_URL}mod.ts";
    const instance = Instance.open({ library: ${JSON.stringify(LIBRARY)} });
    const worker = new Worker("${ROOT_URL}tests/ownership/workers/mapping.ts", {
      type: "module",
    });
    worker.postMessage(${JSON.stringify(LIBRARY)});
    const { data } = await new Promise((resolve) => worker.onmessage = resolve);
    const { liveAllocations } = runtime.statistics;
    worker.terminate();
    // The worker's lists are freed with its thread.
    while (runtime.statistics.liveAllocations > liveAllocations - 100) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const array = new Float32Array(data);
    console.log(array.length, array.every((value) => value === 7));`);
  assertEquals([code, stdout], [0, "1048576 true\n"], stderr);
});

/** Runs a script in a separate process. */
async function run(script: string): Promise<Output> {
  const args = ["run", "-A", "--no-check", ...denoFlags(), "-"];
  return await execute(Deno.execPath(), args, {
    stdin: new TextEncoder().encode(script),
  });
}

Deno.test("Mapping needs full --allow-ffi; copying does not", async () => {
  const script = `
    import { BufferView, Device, Instance } from "${ROOT_URL}mod.ts";
    using instance = Instance.open({ library: ${JSON.stringify(LIBRARY)} });
    using device = Device.create(instance, "local-sync");
    using view = BufferView.from(device, [1], [1], { elementType: "f32" });
    console.log(view.toTypedArray()[0]);
    try { view.map(); } catch (error) { console.log(error.code, error.hint); }`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, script);
    const { stdout, stderr } = await execute(Deno.execPath(), [
      "run",
      ...denoFlags(),
      `--allow-ffi=${LIBRARY}`,
      file,
    ]);
    assertStringIncludes(stdout, "1\nPERMISSION_DENIED ", stderr);
    assertStringIncludes(stdout, "--allow-ffi, without a list");
  } finally {
    await Deno.remove(file);
  }
});
