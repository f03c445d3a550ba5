import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  BufferView,
  Instance,
  IreeError,
  List,
  load,
  type LoadedProgram,
  type Value,
  VmBuffer,
  VmRef,
} from "../../mod.ts";
import { nativeModule, program, sampleModule, test } from "../support.ts";

const types = await nativeModule("fixtures/types_module.cc");
const sample = await sampleModule();
const manyTypes = await program("many_types.mlir");
const customImport = await program("custom_import.mlir");

/** The result of the module's `make_buffer_view`. */
const VIEW = "2x3xf32=[1 2 3][4 5 6]";

/** The sum of the numbers of `make_list` and of its nested list. */
const SUM = -1 + 2 ** 40 + 0.5 + 0.25 + 7 + 8;

/** Functions that return an object of each kind: the module's, a program's. */
const SOURCES = [
  {
    kind: "a module",
    modules: [types],
    list: "make_list",
    buffer: "make_buffer",
    view: "make_buffer_view",
  },
  {
    kind: "a program",
    modules: [types, manyTypes],
    list: "list",
    buffer: "buffer",
    view: "buffer_view",
  },
];

function assertIs<T>(value: unknown, type: new (...args: never[]) => T): T {
  assertInstanceOf(value, type);
  assertEquals((value as object).constructor, type);
  return value as T;
}

for (const source of SOURCES) {
  test(`A !vm.list that ${source.kind} returns is a List of its values`, () => {
    using loaded = load({ modules: source.modules });
    using list = assertIs(loaded.call(source.list), List);
    assertEquals(list.size, 7);
    assertEquals(list.elementType, undefined);
    const [i32, i64, f32, f64, none, nested, buffer] = list.toArray();
    assertEquals([i32, i64, f32, f64, none], [-1, 2n ** 40n, 0.5, 0.25, null]);
    using inner = assertIs(nested, List);
    assertEquals(inner.toArray(), [7, 8]);
    using bytes = assertIs(buffer, VmBuffer);
    assertEquals(bytes.toText(), "types");
    assertEquals(loaded.call("list_size", list), 7);
    assertEquals(loaded.call("sum_list", list), SUM);
  });

  test(`A !vm.buffer that ${source.kind} returns is a VmBuffer`, () => {
    using loaded = load({ modules: source.modules });
    using buffer = assertIs(loaded.call(source.buffer), VmBuffer);
    assertEquals(buffer.byteLength, 5);
    assertEquals(buffer.toBytes(), new TextEncoder().encode("types"));
    buffer.write(new TextEncoder().encode("TY"));
    assertEquals(buffer.toText(), "TYpes");
    assertEquals(loaded.call("buffer_length", buffer), 5n);
    using other = assertIs(loaded.call(source.buffer), VmBuffer);
    assertEquals(other.toText(), "types");
  });

  test(`A !hal.buffer_view that ${source.kind} returns is a BufferView`, () => {
    using loaded = load({ modules: source.modules });
    using view = assertIs(loaded.call(source.view), BufferView);
    assertEquals(view.shape, [2, 3]);
    assertEquals(view.elementType, "f32");
    assertEquals(view.byteLength, 24);
    assertEquals(view.format(), VIEW);
  });
}

test("A null reference arrives as null and is passed as null", () => {
  using loaded = load({ modules: [types] });
  assertEquals(loaded.call("make_null"), null);
  assertEquals(loaded.call("echo_ref", null), null);
  for (const name of ["list_size", "sum_list", "buffer_length"]) {
    const error = assertThrows(
      () => loaded.call(name, null),
      IreeError,
      "reference is null",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

test("A type without a class of its own arrives as a VmRef", () => {
  using loaded = load({ modules: [types, manyTypes] });
  const [object, value] = loaded.call("counter", 30, 6) as Value[];
  using counter = assertIs(object, VmRef);
  assertEquals(value, 42);
  assertEquals(counter.typeName, "types.counter");
  using add = loaded.context.lookupFunction("types.counter_add");
  assertEquals(add.call(counter, -2), 40);

  using view = loaded.call("buffer_view") as BufferView;
  using bufferOf = loaded.context.lookupFunction("hal.buffer_view.buffer");
  using buffer = assertIs(bufferOf.call(view), VmRef);
  assertEquals(buffer.typeName, "hal.buffer");
  using deviceOf = loaded.context.lookupFunction("hal.devices.get");
  using device = assertIs(deviceOf.call(0), VmRef);
  assertEquals(device.typeName, "hal.device");
  assertEquals(deviceOf.call(1), null);
});

test("Objects of every class pass through a call unchanged", () => {
  using loaded = load({ modules: [types] });
  const echo = (value: Value) => loaded.call("echo_ref", value);

  using list = loaded.call("make_list") as List;
  using sameList = assertIs(echo(list), List);
  sameList.push(100, "i32");
  assertEquals(list.size, 8);
  assertEquals(loaded.call("sum_list", list), SUM + 100);

  using buffer = loaded.call("make_buffer") as VmBuffer;
  using sameBuffer = assertIs(echo(buffer), VmBuffer);
  sameBuffer.write(new TextEncoder().encode("T"));
  assertEquals(buffer.toText(), "Types");

  using view = loaded.call("make_buffer_view") as BufferView;
  using sameView = assertIs(echo(view), BufferView);
  assertEquals(sameView.format(), VIEW);

  using counter = loaded.call("counter_create", 1) as VmRef;
  using sameCounter = assertIs(echo(counter), VmRef);
  assertEquals(sameCounter.equals(counter), true);
  using otherCounter = loaded.call("counter_create", 1) as VmRef;
  assertEquals(otherCounter.equals(counter), false);
  assertEquals(loaded.call("counter_live"), 2);
});

test("Native modules accept lists and buffers made in JavaScript", () => {
  using instance = Instance.open();
  for (const source of SOURCES) {
    using loaded = load({ modules: source.modules });
    using nested = List.from(instance, [1.5, 2n]);
    using list = List.from(instance, [1, nested, null, 2 ** 31 - 1]);
    list.push(-7, "i32");
    assertEquals(loaded.call("list_size", list), 5);
    assertEquals(loaded.call("sum_list", list), 3.5 + 1 + 2 ** 31 - 1 - 7);
    using empty = List.create(instance, { elementType: "f32" });
    assertEquals(loaded.call("sum_list", empty), 0);
    for (const length of [0, 1, 100_000]) {
      using buffer = VmBuffer.from(instance, new Uint8Array(length));
      assertEquals(loaded.call("buffer_length", buffer), BigInt(length));
    }
  }
});

test("Lists hold objects of every class", () => {
  using instance = Instance.open();
  using loaded = load({ modules: [types] });
  using list = List.create(instance);
  for (const name of ["make_list", "make_buffer", "make_buffer_view"]) {
    using object = loaded.call(name) as List | VmBuffer | BufferView;
    list.push(object);
  }
  using counter = loaded.call("counter_create", 5) as VmRef;
  list.push(counter);
  using inner = assertIs(list.get(0), List);
  assertEquals(inner.size, 7);
  using buffer = assertIs(list.get(1), VmBuffer);
  assertEquals(buffer.toText(), "types");
  using view = assertIs(list.get(2), BufferView);
  assertEquals(view.format(), VIEW);
  using same = assertIs(list.get(3), VmRef);
  assertEquals(same.equals(counter), true);
  assertEquals(loaded.call("sum_list", list), SUM);
});

test("An object of the wrong type is rejected with the names of both types", () => {
  using native = load({ modules: [types] });
  using compiled = load({ modules: [types, manyTypes] });
  using strings = load({ modules: [types, `${sample}?quiet`, customImport] });
  using list = native.call("make_list") as List;
  using buffer = native.call("make_buffer") as VmBuffer;
  using view = native.call("make_buffer_view") as BufferView;
  using counter = native.call("counter_create", 1) as VmRef;
  using string = strings.call("create", view) as VmRef;
  const given: [string, Value][] = [
    ["vm.list", list],
    ["vm.buffer", buffer],
    ["hal.buffer_view", view],
    ["types.counter", counter],
    ["custom.string", string],
  ];
  const functions: [LoadedProgram, string, string, Value[]][] = [
    [native, "list_size", "vm.list", []],
    [native, "buffer_length", "vm.buffer", []],
    [native, "counter_add", "types.counter", [1]],
    [compiled, "sum_list", "vm.list", []],
    [compiled, "buffer_length", "vm.buffer", []],
    [strings, "create", "hal.buffer_view", []],
    [strings, "print", "custom.string", []],
  ];
  let refused = 0;
  for (const [loaded, name, wanted, rest] of functions) {
    for (const [type, value] of given) {
      if (type === wanted) continue;
      const error = assertThrows(
        () => loaded.call(name, value, ...rest),
        IreeError,
        `wrong type; have ${type} but expected ${wanted}`,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
      refused++;
    }
  }
  assertEquals(refused, functions.length * (given.length - 1));
  // The rejections had no side effects.
  assertEquals(native.call("sum_list", list), SUM);
  assertEquals(native.call("counter_add", counter, 1), 2);
  assertEquals(strings.call("live"), 1);
});

test("The program many_types computes with the module's objects", () => {
  for (const device of ["local-sync", "local-task"]) {
    using loaded = load({ modules: [types, manyTypes], device });
    assertEquals(
      loaded.call("scalars", 1, 2n ** 40n, 0.25, 0.1),
      [2, 2n ** 41n, 0.5 + 0.1 + 0.1],
    );
    using doubled = assertIs(loaded.call("doubled"), BufferView);
    assertEquals(doubled.format(), "2x3xf32=[2 4 6][8 10 12]");
    const first = loaded.call("counter", 1, 10) as [VmRef, number];
    const second = loaded.call("counter", -5, 5) as [VmRef, number];
    assertEquals([first[1], second[1]], [21, 5]);
    assertEquals(first[0].equals(second[0]), false);
    for (const [counter] of [first, second]) counter.dispose();
  }
});

test("The program custom_import returns strings and accepts them back", () => {
  for (const creation of ["", "create_custom_module"]) {
    using loaded = load({
      modules: [types, `${sample}@${creation}?quiet`, customImport],
      device: "local-sync",
    });
    assertEquals(loaded.call("live"), 0);
    using constant = assertIs(loaded.call("create_constant"), VmRef);
    using make = loaded.context.lookupFunction("types.make_buffer_view");
    using view = make.call() as BufferView;
    using created = assertIs(loaded.call("create", view), VmRef);
    assertEquals(loaded.call("live"), 2);
    for (const string of [constant, created]) {
      assertEquals(string.typeName, "custom.string");
      assertEquals(loaded.call("print", string), undefined);
      using echo = assertIs(loaded.call("echo", string), VmRef);
      assertEquals(echo.equals(string), true);
    }
    assertEquals(constant.equals(created), false);
    assertEquals(loaded.call("echo", null), null);
    assertEquals(loaded.call("live"), 2);
    constant.dispose();
    created.dispose();
    assertEquals(loaded.call("live"), 0);
  }
});
