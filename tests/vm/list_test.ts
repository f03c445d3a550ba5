import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertType, type IsExact } from "@std/testing/types";
import {
  Instance,
  IreeError,
  List,
  type ScalarType,
  type Value,
  VmBuffer,
} from "../../mod.ts";
import { test } from "../support.ts";

test("A variant list keeps numbers as f64 and bigints as i64", () => {
  using instance = Instance.open();
  using list = List.from(instance, [0.1, 2n ** 60n, null, -0]);
  assertType<IsExact<ReturnType<typeof list.get>, Value>>(true);
  assertEquals(list.elementType, undefined);
  assertEquals(list.toArray(), [0.1, 2n ** 60n, null, -0]);
  assert(Object.is(list.get(3), -0));
  assertEquals(
    list.format(),
    "list[0]: f64=0.1\nlist[1]: i64=1152921504606846976\n" +
      "list[2]: (null)\nlist[3]: f64=-0\n",
  );
});

test("A list of an empty array is empty, whatever the array's class", () => {
  using instance = Instance.open();
  for (const values of [[], new Float64Array(0), new BigInt64Array(0)]) {
    using list = List.from(instance, values);
    assertEquals(list.size, 0);
  }
});

test("A number is stored as the named type", () => {
  using instance = Instance.open();
  using list = List.create(instance);
  const types: ScalarType[] = ["i8", "i16", "i32", "f32", "f64"];
  for (const type of types) list.push(7, type);
  list.push(7, "i64");
  assertEquals(list.toArray(), [7, 7, 7, 7, 7, 7n]);
  assertEquals(
    [...list.format().matchAll(/: (\w+)=/g)].map(([, type]) => type),
    [...types, "i64"],
  );
});

for (
  const [type, good, bad] of [
    ["i8", [-128, 127], [128, -129, 1.5, 1n]],
    ["i16", [-32768, 32767], [32768, -32769, 0.5]],
    ["i32", [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, NaN, 1n]],
    ["i64", [-(2n ** 63n), 2n ** 63n - 1n], [2n ** 63n, 1.5, 2 ** 53]],
    ["f32", [0.5, -Infinity], [1e39, 1n]],
    ["f64", [0.1, 1e308], [1n]],
  ] as const
) {
  test(`A list of ${type} holds its range and rejects other values`, () => {
    using instance = Instance.open();
    using list = List.from(instance, good, type);
    assertEquals(list.elementType, type);
    assertEquals(list.toArray(), [...good]);
    for (const value of [...bad, null]) {
      const error = assertThrows(() => list.push(value), IreeError);
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
    assertEquals(list.size, good.length);
  });
}

test("A typed list rejects another type by name instead of converting", () => {
  using instance = Instance.open();
  using list = List.from(instance, [1, 2], "i32");
  const error = assertThrows(
    () => list.set(0, 2.5, "f64"),
    IreeError,
    "list has elements of type i32, not f64",
  );
  assertEquals(error.code, "INVALID_ARGUMENT");
  assertEquals(list.toArray(), [1, 2]);
});

test("A list keeps its objects alive", () => {
  using instance = Instance.open();
  using list = List.create(instance);
  {
    using inner = List.from(instance, [1n]);
    using buffer = VmBuffer.from(instance, new Uint8Array([1, 2, 3]));
    list.push(inner);
    list.push(buffer);
    list.push(null);
  }
  using inner = list.get(0) as List;
  using buffer = list.get(1) as VmBuffer;
  assertEquals(inner.toArray(), [1n]);
  assertEquals(buffer.toBytes(), new Uint8Array([1, 2, 3]));
  assertEquals(list.get(2), null);
  list.set(0, 5, "i32");
  assertEquals(list.get(0), 5);
});

test("Values of every type and objects are written and read together, in order", () => {
  using instance = Instance.open();
  using inner = List.from(instance, [1n]);
  using list = List.from(instance, [0.5, inner, null, 2n, inner, -0]);
  list.push(-128, "i8");
  list.push(-32768, "i16");
  list.push(2 ** 31 - 1, "i32");
  list.push(7, "i64");
  list.push(0.5, "f32");
  const [half, one, none, two, same, ...rest] = list.toArray();
  using first = one as List;
  using second = same as List;
  assertEquals([first.get(0), second.get(0)], [1n, 1n]);
  assertEquals([half, none, two], [0.5, null, 2n]);
  assertEquals(rest, [-0, -128, -32768, 2 ** 31 - 1, 7n, 0.5]);
});

test("Values written to one list do not show in another", () => {
  using instance = Instance.open();
  using inner = List.create(instance);
  using long = List.from(instance, [7n, inner, 0.5, 1n, 2n]);
  assertEquals(long.size, 5);
  assertThrows(() => List.from(instance, [1n, "x" as never]), IreeError);
  using short = List.from(instance, [null, 3]);
  short.push(-1, "i8");
  assertEquals(short.toArray(), [null, 3, -1]);
  using none = List.create(instance);
  assertEquals(none.toArray(), []);
});

test("Null replaces a number and an object", () => {
  using instance = Instance.open();
  using inner = List.create(instance);
  using list = List.from(instance, [inner, 1, 2n]);
  for (let i = 0; i < 3; i++) list.set(i, null);
  assertEquals(list.toArray(), [null, null, null]);
  // The outer list accepts the inner one again.
  inner.push(list);
  const error = assertThrows(() => list.set(3, null), IreeError);
  assertEquals(error.code, "OUT_OF_RANGE");
});

test("An unknown type is rejected by name", () => {
  using instance = Instance.open();
  using list = List.from(instance, [1]);
  for (const value of [2, 2n, null]) {
    const error = assertThrows(
      () => list.set(0, value, "i3" as ScalarType),
      IreeError,
      "type must be i8 or i16 or i32 or i64 or f32 or f64, got 'i3'",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
  assertEquals(list.toArray(), [1]);
});

test("A list rejects values that it cannot hold and is unchanged", () => {
  using instance = Instance.open();
  using list = List.from(instance, [1]);
  for (const value of ["text", true, undefined, {}, [1], instance]) {
    assertThrows(() => list.push(value as Value), IreeError, "element 0");
    assertThrows(() => List.from(instance, [value as Value]), IreeError);
  }
  assertEquals(list.toArray(), [1]);
});

test("Ordinals and sizes out of range are rejected", () => {
  using instance = Instance.open();
  using list = List.from(instance, [1, 2]);
  for (const ordinal of [-1, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => list.get(ordinal), IreeError, "must be an integer");
  }
  const error = assertThrows(() => list.get(2), IreeError, "out of bounds");
  assertEquals(error.code, "OUT_OF_RANGE");
  assertThrows(() => list.set(2, 1), IreeError, "out of bounds");
  assertThrows(() => list.resize(-1), IreeError);
  assertThrows(
    () => List.create(instance, { elementType: "i3" as ScalarType }),
    IreeError,
    "element type must be i8 or i16",
  );
});

test("A list grows with nulls or zeros and can be truncated", () => {
  using instance = Instance.open();
  using anything = List.from(instance, [1]);
  using integers = List.from(instance, [1], "i32");
  anything.resize(3);
  integers.resize(3);
  assertEquals([...anything], [1, null, null]);
  assertEquals([...integers], [1, 0, 0]);
  anything.resize(0);
  integers.resize(1);
  integers.resize(2);
  assertEquals([...anything], []);
  assertEquals([...integers], [1, 0]);
});

test("A list of 10,000 mixed values reads back unchanged", () => {
  using instance = Instance.open();
  const values = Array.from(
    { length: 10_000 },
    (_, i) => i % 3 === 0 ? null : i % 3 === 1 ? i / 7 : BigInt(i) << 40n,
  );
  using list = List.from(instance, values);
  assertEquals(list.toArray(), values);
});

test("A VM buffer is read and written in parts", () => {
  using instance = Instance.open();
  using buffer = VmBuffer.from(instance, new Uint8Array([1, 2, 3, 4]));
  assertEquals(buffer.byteLength, 4);
  buffer.write(new Uint8Array([9, 8]), 1);
  const part = new Uint8Array(2);
  buffer.read(part, 2);
  assertEquals(part, new Uint8Array([8, 4]));
  using text = VmBuffer.from(instance, new TextEncoder().encode("grüße"));
  assertEquals(text.toText(), "grüße");
  using empty = VmBuffer.from(instance, new Uint8Array());
  assertEquals(empty.toBytes(), new Uint8Array());
});

test("A VM buffer rejects ranges beyond its end", () => {
  using instance = Instance.open();
  using buffer = VmBuffer.from(instance, new Uint8Array(4));
  for (const offset of [3, 5, Number.MAX_SAFE_INTEGER]) {
    const error = assertThrows(
      () => buffer.read(new Uint8Array(2), offset),
      IreeError,
    );
    assertEquals(error.code, "OUT_OF_RANGE");
    assertThrows(() => buffer.write(new Uint8Array(2), offset), IreeError);
  }
  for (const offset of [-1, 0.5, NaN]) {
    assertThrows(() => buffer.read(new Uint8Array(1), offset), IreeError);
  }
});

test("A list cannot hold itself", () => {
  using instance = Instance.open();
  using outer = List.create(instance);
  using inner = List.create(instance);
  outer.push(inner);
  for (const [list, value] of [[outer, outer], [inner, outer]] as const) {
    const error = assertThrows(
      () => list.push(value),
      IreeError,
      "a list cannot hold itself, not even inside another list",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
  assertEquals([outer.size, inner.size], [1, 0]);
});

test("Lists nested 10,000 deep can be made and disposed but not formatted", () => {
  using instance = Instance.open();
  let list = List.create(instance);
  for (let depth = 1; depth < 10_000; depth++) {
    const outer = List.create(instance);
    outer.push(list);
    list.dispose();
    list = outer;
  }
  const error = assertThrows(
    () => list.format(),
    IreeError,
    "nested more than",
  );
  assertEquals(error.code, "OUT_OF_RANGE");
  list.dispose();
});

test("Formatting lists that share lists takes bounded time", () => {
  using instance = Instance.open();
  using stack = new DisposableStack();
  let list = stack.use(List.from(instance, [1]));
  for (let depth = 0; depth < 64; depth++) {
    list = stack.use(List.from(instance, [list, list]));
  }
  const error = assertThrows(() => list.format(), IreeError);
  assertEquals(error.code, "RESOURCE_EXHAUSTED");
  const held = list.get(0) as List;
  stack.use(held);
  assertThrows(() => held.push(list), IreeError);
});
