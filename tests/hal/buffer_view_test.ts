import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { elementTypeInfo } from "../../lib/tensor/element_type.ts";
import { SMALL_FLOATS } from "../../lib/tensor/float8.ts";
import {
  BufferView,
  ELEMENT_TYPES,
  type ElementType,
  IreeError,
  type NestedArray,
  type TensorData,
  type TypedArray,
} from "../../mod.ts";
import { Random } from "../mutations/random.ts";
import { test, withDevice } from "../support.ts";

const SHAPES: readonly (readonly number[])[] = [
  [],
  [5],
  [0],
  [2, 3],
  [3, 0, 2],
  [2, 1, 4],
  [2, 2, 1, 3],
  [1, 2, 1, 2, 3],
  [2, 1, 2, 1, 2, 2],
];

function randomArray(
  random: Random,
  type: ElementType,
  shape: readonly number[],
): TypedArray {
  const info = elementTypeInfo(type);
  const count = shape.reduce((size, dim) => size * dim, 1);
  const byteLength = Math.ceil(count * info.bitCount / 8);
  const bytes = Uint8Array.from(
    { length: byteLength },
    () => type === "i1" ? random.below(2) : random.below(256),
  );
  return new info.array(bytes.buffer);
}

function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function refusal(action: () => unknown): string {
  const error = assertThrows(action, IreeError);
  assertEquals(error.code, "INVALID_ARGUMENT");
  return error.detail;
}

for (const type of ELEMENT_TYPES) {
  test(`Arrays of ${type} of rank 0 to 6 come back unchanged`, () => {
    withDevice((device, instance) => {
      const random = new Random(1, type.length);
      for (const memory of [device, instance]) {
        for (const shape of SHAPES) {
          const data = randomArray(random, type, shape);
          using view = BufferView.from(memory, data, shape, {
            elementType: type,
          });
          assertEquals(view.elementType, type);
          assertEquals(view.shape, shape);
          assertEquals(view.byteLength, data.byteLength);
          const back = view.toTypedArray();
          assertEquals(back.buffer === data.buffer, false);
          assertEquals(back.constructor, data.constructor);
          assertEquals(bytesOf(back), bytesOf(data));
          assertEquals(view.toBytes(), bytesOf(data));
          assertEquals(view.toNdArray(), {
            elementType: type,
            shape,
            data: back,
          });
          // IREE cannot print packed elements.
          if (type.endsWith("i4")) continue;
          const head = [...shape, type].join("x");
          assertEquals(view.format().split("=")[0], head);
        }
      }
    });
  });
}

for (
  const type of ELEMENT_TYPES.filter((it) => elementTypeInfo(it).codec)
) {
  test(`Nested arrays of ${type} keep every number`, () => {
    withDevice((device) => {
      const random = new Random(2, type.length);
      for (const shape of SHAPES) {
        const data = randomArray(random, type, shape);
        using view = BufferView.from(device, data, shape, {
          elementType: type,
        });
        const nested = view.toNestedArray();
        using again = BufferView.from(device, nested, shape, {
          elementType: type,
        });
        assertEquals(again.shape, shape);
        assertEquals(again.toNestedArray(), nested);
        // NaNs have many bit patterns when read, and one when written.
        if (!String(nested).includes("NaN")) {
          assertEquals(again.toBytes(), view.toBytes());
        }
      }
    });
  });
}

const PRINTED: readonly [ElementType, NestedArray, string][] = [
  ["i1", [true, false, 1], "3xi1=01 00 01"],
  ["i8", [-1, 127, -128], "3xi8=-1 127 -128"],
  ["ui8", [0, 255], "2xui8=0 255"],
  ["si16", [-32768, 32767], "2xsi16=-32768 32767"],
  ["ui16", [65535], "1xui16=65535"],
  ["i32", [[1, 2], [3, 4]], "2x2xi32=[1 2][3 4]"],
  ["ui32", [4294967295], "1xui32=4294967295"],
  ["i64", [-(2n ** 63n), 7], "2xi64=-9223372036854775808 7"],
  ["ui64", [2n ** 64n - 1n], "1xui64=18446744073709551615"],
  ["f16", [1.5, -65504], "2xf16=1.5 -65504"],
  ["bf16", [0.5, 256], "2xbf16=0.5 256"],
  ["f32", 0.1, "f32=0.1"],
  ["f64", [[[1e300]]], "1x1x1xf64=[[1E+300]]"],
  ["f8E4M3FN", [448, -0.5], "2xf8E4M3FN=448 -0.5"],
  ["f8E5M2", [57344, Infinity], "2xf8E5M2=57344 INF"],
  ["f8E4M3FNUZ", [240, 0.25], "2xf8E4M3FNUZ=240 0.25"],
  ["f8E5M2FNUZ", [1, 2], "2xf8E5M2FNUZ=1 2"],
  ["f8E8M0FNU", [0.5, 1024], "2xf8E8M0FNU=0.5 1024"],
  ["cf64", [[1, 2], [0, -1]], "2xcf64=0000803F00000040 00000000000080BF"],
];

test("Numbers are stored as IREE prints them", () => {
  withDevice((device) => {
    for (const [elementType, data, text] of PRINTED) {
      using view = BufferView.from(device, data, undefined, { elementType });
      assertEquals(view.format(), text);
    }
  });
});

test("All 256 patterns of the 8-bit floats read as IREE prints them", () => {
  withDevice((device) => {
    const patterns = Uint8Array.from({ length: 256 }, (_, bits) => bits);
    for (const name of Object.keys(SMALL_FLOATS) as ElementType[]) {
      using view = BufferView.from(device, patterns, [256], {
        elementType: name,
      });
      const printed = view.format().split("=")[1].split(" ").map((text) =>
        text.includes("NAN") ? NaN : Number(text.replace("INF", "Infinity"))
      );
      const values = view.toNestedArray() as number[];
      for (const [bits, value] of values.entries()) {
        // %G prints six digits.
        const same = Number.isNaN(value)
          ? Number.isNaN(printed[bits])
          : value === printed[bits] ||
            Math.abs(value - printed[bits]) < Math.abs(value) * 1e-5;
        assert(same, `${name} ${bits}: ${printed[bits]} ${value}`);
      }
    }
  });
});

test("An array's class determines its element type", () => {
  withDevice((device) => {
    const arrays: [TypedArray, ElementType][] = [
      [new Int8Array(1), "i8"],
      [new Uint8Array(1), "ui8"],
      [new Int16Array(1), "i16"],
      [new Uint16Array(1), "ui16"],
      [new Int32Array(1), "i32"],
      [new Uint32Array(1), "ui32"],
      [new BigInt64Array(1), "i64"],
      [new BigUint64Array(1), "ui64"],
      [new Float16Array(1), "f16"],
      [new Float32Array(1), "f32"],
      [new Float64Array(1), "f64"],
    ];
    for (const [array, type] of arrays) {
      using view = BufferView.from(device, array);
      assertEquals([view.elementType, view.shape, view.size], [type, [1], 1]);
    }
    using half = BufferView.from(device, new Uint8Array([0x21]), [2], {
      elementType: "i4",
    });
    assertEquals(half.byteLength, 1);
  });
});

test("Elements that share bytes are printed only one at a time", () => {
  withDevice((device) => {
    const options = { elementType: "si4" } as const;
    const packed = new Uint8Array([0x21]);
    using one = BufferView.from(device, packed, [], options);
    assertEquals(one.format(), "si4=21");
    using two = BufferView.from(device, packed, [2], options);
    const error = assertThrows(() => two.format(), IreeError, "si4 are packed");
    assertEquals(error.code, "UNIMPLEMENTED");
    assertEquals(two.toBytes(), packed);
  });
});

test("Inconsistent shapes, types and data are rejected", () => {
  withDevice((device) => {
    const bytes = new ArrayBuffer(4);
    const from = (
      data: unknown,
      shape?: unknown,
      elementType?: unknown,
    ): string =>
      refusal(() =>
        BufferView.from(
          device,
          data as TensorData,
          shape as number[],
          { elementType: elementType as ElementType },
        ).dispose()
      );
    assertStringIncludes(
      from(new Float32Array(3), [2, 2]),
      "has 3 elements, not those of shape 2x2",
    );
    assertStringIncludes(
      from(new Float64Array(1), [1], "f32"),
      "is a Float64Array, which has no elements of type f32",
    );
    assertStringIncludes(from([1, 2]), "must have an element type");
    for (const data of [null, undefined, "1", {}, new DataView(bytes)]) {
      assertStringIncludes(from(data), "must be an array or numbers");
    }
    for (const length of [1.5, -1, NaN, "2", undefined]) {
      const lying = new Proxy([1, 2], {
        get: (array, name) =>
          name === "length" ? length : Reflect.get(array, name),
      });
      for (const data of [lying, [lying, lying]]) {
        assertStringIncludes(
          from(data, undefined, "f32"),
          "has an array whose length is not an integer",
        );
      }
    }
    assertStringIncludes(from([1, [2]], undefined, "i32"), "entries");
    assertStringIncludes(from([[1, 2], [3]], undefined, "i32"), "at [1]");
    assertStringIncludes(from([1.5], undefined, "i32"), "has 1.5 at [0]");
    assertStringIncludes(from([128], undefined, "si8"), "-128 to 127");
    assertStringIncludes(from([256], undefined, "i8"), "-128 to 255");
    assertStringIncludes(
      from([2n ** 63n], undefined, "si64"),
      "elements of type si64 take",
    );
    assertStringIncludes(from([1e39], undefined, "f32"), "has 1e+39");
    assertStringIncludes(from([500], undefined, "f8E4M3FN"), "up to 448");
    assertStringIncludes(from(["1"], undefined, "f32"), "has a string at [0]");
    assertStringIncludes(from([1, 2, 3], undefined, "cf64"), "pair");
    assertStringIncludes(from([1], undefined, "i4"), "packed");
    assertStringIncludes(from(new Uint8Array([2]), [1], "i1"), "0 or 1");
    assertStringIncludes(from(new Float32Array(1), [-1]), "dimension -1");
    assertStringIncludes(from(new Float32Array(1), [0.5]), "dimension 0.5");
    assertStringIncludes(from(new Float32Array(1), "1"), "an array as shape");
    assertStringIncludes(from(new Float32Array(1), [1], "f31"), "f31");
    assertStringIncludes(
      from(new Float32Array(1), Array(129).fill(1)),
      "more than 128 dimensions",
    );
  });
});

test("Parts are read and written in place, counted in array entries", () => {
  withDevice((device) => {
    using view = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
    const target = new Float32Array(2);
    view.read(target, 1);
    assertEquals(target, new Float32Array([2, 3]));
    view.write(new Float32Array([8, 9]), 2);
    assertEquals(view.toNestedArray(), [1, 2, 8, 9]);
    view.read(new Float32Array(0), 4);
    for (
      const action of [
        () => view.read(new Float32Array(2), 3),
        () => view.write(new Float32Array(5)),
      ]
    ) {
      assertEquals(assertThrows(action, IreeError).code, "OUT_OF_RANGE");
    }
    assertStringIncludes(
      refusal(() => view.read(new Float64Array(1))),
      "must be of class Float32Array, got Float64Array",
    );
    assertStringIncludes(refusal(() => view.read(target, -1)), "start");
    assertStringIncludes(
      refusal(() => view.write([1] as unknown as TypedArray)),
      "must be of class Float32Array, got an array",
    );
    using truth = BufferView.from(device, [1, 0], [2], { elementType: "i1" });
    assertStringIncludes(
      refusal(() => truth.write(new Uint8Array([0, 2]))),
      "has 2 as element 1",
    );
  });
});

test("An array that lies about its length is read at its true length", () => {
  withDevice((device) => {
    const array = new Float32Array([1, 2]);
    Object.defineProperty(array, "byteLength", { value: 1 << 20 });
    Object.defineProperty(array, "length", { value: 1 << 18 });
    using view = BufferView.from(device, array);
    assertEquals(view.shape, [2]);
    view.read(array);
    view.write(array);
    const detached = new Float32Array(4);
    detached.buffer.transfer();
    assertThrows(
      () => BufferView.from(device, detached),
      IreeError,
      "the data of a buffer view is detached",
    );
  });
});
