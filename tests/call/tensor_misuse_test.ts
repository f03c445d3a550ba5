import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Argument,
  BufferView,
  Instance,
  IreeError,
  load,
  type LoadedProgram,
  type StatusCode,
  VmBuffer,
} from "../../mod.ts";
import { program, test } from "../support.ts";

// Arrays that lie or change, and data whose reading runs code. They must not
// crash, read beyond their memory, or see another call's numbers.

const elements = await program("elements.mlir");
const shapes = await program("shapes.mlir");
const fences = await program("fences.mlir");

const LYING = 1 << 28;

function numbers(loaded: LoadedProgram, name: string, ...values: unknown[]) {
  using view = loaded.call(name, ...values as Argument[]) as BufferView;
  return view.toNestedArray();
}

function assertRefused(
  call: () => unknown,
  words: string,
  code: StatusCode = "INVALID_ARGUMENT",
): void {
  assertEquals(assertThrows(call, IreeError, words).code, code);
}

test("An array's own properties do not change its size", () => {
  using loaded = load({ modules: [shapes, elements], device: "local-sync" });
  const lying = new Float32Array([1, 2, 3, 4]);
  for (const name of ["length", "byteLength", "byteOffset"]) {
    Object.defineProperty(lying, name, { value: LYING });
  }
  Object.defineProperty(lying, "buffer", { value: new ArrayBuffer(LYING) });
  class Liar extends Float32Array {
    override get length(): number {
      return LYING;
    }
    override get byteLength(): number {
      return LYING;
    }
  }
  const derived = new Liar(new Float32Array([1, 2, 3, 4]).buffer);
  const foreign = new Float32Array([1, 2, 3, 4]);
  Object.setPrototypeOf(foreign, Float64Array.prototype);
  for (const array of [lying, derived, foreign]) {
    assertEquals(numbers(loaded, "add_f32", array, array), [2, 4, 6, 8]);
  }
});

test("An array's own properties cannot hide that its memory moved", () => {
  using instance = Instance.open();
  const there = new Uint8Array([1, 2, 3, 4]);
  Object.defineProperty(there.buffer, "detached", { value: true });
  using buffer = VmBuffer.from(instance, there);
  assertEquals(buffer.toBytes(), new Uint8Array([1, 2, 3, 4]));
  const moved = new Uint8Array([1, 2, 3, 4]);
  Object.defineProperty(moved.buffer, "detached", { value: false });
  moved.buffer.transfer();
  assertRefused(
    () => VmBuffer.from(instance, moved),
    "the contents of a buffer: the array is detached",
  );
});

test("An object that only looks like an array is rejected", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const good = new Float32Array(4);
  for (
    const fake of [
      Object.create(Float32Array.prototype),
      Object.create(good),
      { [Symbol.toStringTag]: "Float32Array", length: 4, byteLength: 16 },
      Object.setPrototypeOf({ byteLength: 16 }, Float32Array.prototype),
      new Proxy(good, {}),
    ]
  ) {
    assertRefused(
      () => loaded.call("add_f32", fake, good),
      "argument 0 of 'add_f32' must be a tensor 4xf32",
    );
    assertRefused(
      () =>
        loaded.call("add_f32", {
          elementType: "f32",
          shape: [4],
          data: fake,
        }, good),
      "input0 must have a typed array as data",
    );
  }
  assertRefused(
    () => loaded.call("add_f32", Object.create(BufferView.prototype), good),
    "this package did not create",
  );
});

test("Booleans are checked, whatever methods an array has", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const array = Uint8Array.of(0, 1, 2, 0);
  Object.defineProperty(array, "findIndex", { value: () => -1 });
  assertRefused(
    () => loaded.call("add_i1", array, [0, 0, 0, 0]),
    "input0 has 2 as element 2; an i1 is 0 or 1",
  );
});

test("An array over a resizable buffer has its current length", () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  const buffer = new ArrayBuffer(16, { maxByteLength: 1 << 16 });
  const whole = new Float32Array(buffer);
  const part = new Float32Array(buffer, 8, 2);
  whole.set([1, 2, 3, 4]);
  assertEquals(numbers(loaded, "vector", whole), [2, 4, 6, 8]);
  assertEquals(numbers(loaded, "vector", part), [6, 8]);
  buffer.resize(1 << 16);
  assertEquals((numbers(loaded, "vector", whole) as number[]).length, 1 << 14);
  assertEquals(numbers(loaded, "vector", part), [6, 8]);
  buffer.resize(12);
  assertEquals(numbers(loaded, "vector", whole), [2, 4, 6]);
  // It begins within the buffer and ends beyond it, so the engine reports
  // length 0.
  assertRefused(
    () => numbers(loaded, "vector", part),
    "input0 is detached: its buffer was resized",
  );
});

test("Memory shared with other threads is copied like any other", () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  const shared = new Float32Array(new SharedArrayBuffer(16));
  shared.set([1, 2, 3, 4]);
  assertEquals(numbers(loaded, "vector", shared), [2, 4, 6, 8]);
});

/** Numbers of which one runs code when it is read. */
function whenRead(values: number[], code: () => void, at = 0): number[] {
  const array = [...values];
  Object.defineProperty(array, at, {
    get: () => {
      code();
      return values[at];
    },
  });
  return array;
}

test("A call made while a call's data is read does not change that data", () => {
  using loaded = load({ modules: [fences], device: "local-sync" });
  let count = 0;
  const scale = (data: Argument, by: number): unknown[] => {
    const results = loaded.call("scale", data, by) as BufferView[];
    return results.map((it) => {
      using view = it;
      return view.toNestedArray();
    });
  };
  const inner = () => {
    count++;
    assertEquals(scale([5, 6], 7), [[35, 42], [245, 294]]);
  };
  assertEquals(scale(whenRead([1, 2], inner), 3), [[3, 6], [9, 18]]);
  const data = new Float32Array([1, 2]);
  const asObject = new Proxy(
    { elementType: "f32" as const, shape: [2], data },
    {
      has: (target, key) => (inner(), key in target),
      get: (target, key) => (inner(), Reflect.get(target, key)),
      getPrototypeOf: (target) => (inner(), Object.getPrototypeOf(target)),
    },
  );
  assertEquals(scale(asObject, 3), [[3, 6], [9, 18]]);
  assert(count > 5);
});

test("Data that disposes objects while it is read is rejected", () => {
  using instance = Instance.open();
  {
    using loaded = load({ modules: [elements], device: "local-sync" });
    const add = loaded.lookupFunction("add_f32");
    const data = whenRead([1, 2, 3, 4], () => add.dispose());
    assertRefused(
      () => add.call(data, data),
      "this VmFunction was disposed",
      "FAILED_PRECONDITION",
    );
  }
  {
    using loaded = load({ modules: [elements], device: "local-sync" });
    const data = whenRead([1, 2, 3, 4], () => loaded.dispose());
    assertRefused(
      () => loaded.call("add_f32", data, data),
      "this VmFunction was disposed",
      "FAILED_PRECONDITION",
    );
  }
  using loaded = load({ modules: [elements], device: "local-sync" });
  using view = BufferView.from(instance, new Float32Array(4));
  const data = whenRead([1, 2, 3, 4], () => view.dispose());
  assertRefused(
    () => loaded.call("add_f32", view, data),
    "was disposed before its use",
    "FAILED_PRECONDITION",
  );
  assertRefused(
    () =>
      BufferView.from(instance, whenRead([1], () => instance.dispose()), [1], {
        elementType: "f32",
      }),
    "this Instance was disposed",
    "FAILED_PRECONDITION",
  );
});

test("Data that shrinks while it is read is rejected", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
  const resized = whenRead([1, 2, 3, 4], () => buffer.resize(4));
  assertRefused(
    () => loaded.call("add_f32", new Float32Array(buffer), resized),
    "contents must have 16 bytes, got 4",
  );
  const array = new Float32Array(4);
  const detached = whenRead([1, 2, 3, 4], () => {
    if (array.length === 0) return;
    structuredClone(array.buffer, { transfer: [array.buffer] });
  });
  assertRefused(
    () => loaded.call("add_f32", array, detached),
    "argument 0 of 'add_f32': input0 is detached",
  );
  const shrinking: number[] = whenRead(
    [1, 2, 3, 4],
    () => shrinking.length = 2,
    1,
  );
  assertRefused(
    () => loaded.call("add_f32", shrinking, new Float32Array(4)),
    "input0 has undefined at [2]",
  );
  let reads = 0;
  const deepening: unknown[] = [1, 2, 3, 4];
  Object.defineProperty(deepening, 0, { get: () => reads++ === 0 ? 1 : [1] });
  assertRefused(
    () => loaded.call("add_f32", deepening as Argument, new Float32Array(4)),
    "input0 has 1 entries at [0], not a number",
  );
});

test("A shape that changes while it is read keeps its checked value", () => {
  using loaded = load({ modules: [elements], device: "local-sync" });
  let reads = 0;
  const shape = [2, 2];
  Object.defineProperty(shape, 0, { get: () => reads++ === 0 ? 2 : 2 ** 40 });
  const object = {
    elementType: "f32" as const,
    data: new Float32Array([1, 2, 3, 4]),
    shape,
  };
  assertEquals(numbers(loaded, "same_f32", object), [[1, 2], [3, 4]]);
  using instance = Instance.open();
  reads = 0;
  using view = BufferView.from(instance, object.data, shape);
  assertEquals(view.shape, [2, 2]);
});
