import { assertEquals, assertThrows } from "@std/assert";
import {
  type AnyTypedArray,
  BufferView,
  type ElementType,
  IreeError,
  load,
  VmBuffer,
} from "../../mod.ts";
import { decodeNpy, encodeNpy } from "../../lib/npy/mod.ts";
import { program, test, withDevice } from "../support.ts";

const elements = await program("elements.mlir");

/** Arrays that hold bits of elements, and the values that they read as. */
const ARRAYS: readonly (readonly [ElementType, AnyTypedArray, number[]])[] = [
  ["i8", new Uint8ClampedArray([1, 2, 3, 255]), [1, 2, 3, -1]],
  ["ui8", new Uint8ClampedArray([1, 2, 3, 255]), [1, 2, 3, 255]],
  ["f16", new Uint16Array([0x3c00, 0x4000, 0, 0xbc00]), [1, 2, 0, -1]],
];

for (const [elementType, array, numbers] of ARRAYS) {
  const { constructor: { name } } = array;
  test(`A ${name} holds elements of type ${elementType}, in and out`, () => {
    withDevice((device) => {
      using view = BufferView.from(device, array, { elementType });
      assertEquals(view.toNestedArray(), numbers);
      const target = new (array.constructor as typeof Uint16Array)(4);
      view.read(target);
      assertEquals(target, array);
      view.write(target.fill(0));
      assertEquals(view.toNestedArray(), [0, 0, 0, 0]);
    });
  });
}

test("A program accepts clamped bytes and bits of an f16, also for results", () => {
  using loaded = load(elements, { device: "local-sync" });
  const bytes = new Uint8ClampedArray([1, 2, 3, 4]);
  const add8 = loaded.lookupFunction("add_i8");
  assertEquals(add8.compute(bytes, bytes), new Int8Array([2, 4, 6, 8]));
  const target = new Uint8ClampedArray(4);
  const sum = add8.with({ into: [target] }).compute(bytes, bytes);
  assertEquals<unknown>(sum, target);
  assertEquals(target, new Uint8ClampedArray([2, 4, 6, 8]));
  const halves = new Uint16Array(new Float16Array([1, 2, 3, 4]).buffer);
  assertEquals(
    loaded.lookupFunction("add_f16").compute(halves, halves),
    new Float16Array([2, 4, 6, 8]),
  );
});

test("Clamped bytes are ui8 unless a type is given", () => {
  withDevice((device) => {
    using view = BufferView.from(device, new Uint8ClampedArray([1, 255]));
    assertEquals(view.elementType, "ui8");
    const [array] = decodeNpy(encodeNpy(new Uint8ClampedArray([7])));
    assertEquals(array, {
      elementType: "ui8",
      shape: [1],
      data: new Uint8Array([7]),
    });
  });
});

test("Shared and resizable memory is read and written like any other", () => {
  withDevice((device, instance) => {
    const buffers = [
      new SharedArrayBuffer(16),
      new ArrayBuffer(16, { maxByteLength: 32 }),
      new WebAssembly.Memory({ initial: 1 }).buffer,
    ];
    for (const buffer of buffers) {
      const array = new Float32Array(buffer, 0, 4);
      array.set([1, 2, 3, 4]);
      // Often enough for the engine's fast path into native code.
      for (let round = 0; round < 2000; round++) {
        using view = BufferView.from(device, array);
        view.read(array);
      }
      using view = BufferView.from(device, array);
      array.fill(0);
      view.read(array);
      assertEquals([...array], [1, 2, 3, 4]);
      const bytes = new Uint8Array(buffer, 0, 4);
      using copy = VmBuffer.from(instance, bytes);
      assertEquals(copy.toBytes(), Uint8Array.from(bytes));
    }
  });
});

test("A tensor's shape is accepted among the options or before them", () => {
  withDevice((device, instance) => {
    const shape = [3, 1];
    const elementType = "f32";
    const made: BufferView[] = [
      BufferView.from(device, [[1], [2], [3]], { elementType, shape }),
      BufferView.from(device, [[1], [2], [3]], shape, { elementType }),
      BufferView.from(device, new Float32Array([1, 2, 3]), { shape }),
      BufferView.from(device, new Float32Array([1, 2, 3]), shape),
    ];
    for (const it of made) {
      using view = it;
      assertEquals(view.format(), "3x1xf32=[1][2][3]");
    }
    using flat = BufferView.from(device, [1, 2, 3], {
      elementType,
      shape: [3],
    });
    assertEquals(flat.format(), "3xf32=1 2 3");
    const aligned = BufferView.alignedArray(instance, "f32", 4);
    using own = BufferView.import(device, aligned, { shape: [2, 2] });
    assertEquals(own.shape, [2, 2]);
    for (
      const call of [
        () => BufferView.from(device, [1], [1], { elementType, shape: [1] }),
        () => BufferView.from(device, [1], { elementType } as never, {}),
      ]
    ) {
      assertThrows(call as () => void, IreeError, "must be passed once");
    }
  });
});
