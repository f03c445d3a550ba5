import { assert, assertEquals, assertThrows } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type BufferView,
  BytecodeModule,
  Context,
  Device,
  DynamicModule,
  Instance,
  IreeError,
  List,
  load,
  type NativeObject,
  runtime,
  VmBuffer,
  type VmRef,
} from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";
import { waitUntil } from "../waiting.ts";

const types = await nativeModule("fixtures/types_module.cc");
const arithmetic = await program("arithmetic.mlir");
const tensors = await program("many_types.mlir");

/** The result of `doubled` in `many_types.mlir`. */
const DOUBLED = "2x3xf32=[2 4 6][8 10 12]";

test("Disposing twice does nothing, and later use throws", () => {
  using instance = Instance.open();
  const list = List.from(instance, [1]);
  assertEquals(list.disposed, false);
  list.dispose();
  list.dispose();
  assertEquals(list.disposed, true);
  const error = assertThrows(() => list.size, IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  assertEquals(error.detail, "this List was disposed");
});

test("Every class throws when used after dispose", () => {
  using instance = Instance.open();
  using loaded = load({ modules: [types] });
  const uses: [NativeObject, () => unknown][] = [];
  const add = <T extends NativeObject>(object: T, use: (it: T) => unknown) =>
    uses.push([object, () => use(object)]);
  add(Instance.open(), (it) => it.hasType("vm.list"));
  add(Device.create(instance, "local-sync"), (it) => it.id);
  add(BytecodeModule.fromFile(instance, arithmetic), (it) => it.name);
  add(DynamicModule.load(instance, types), (it) => it.exports);
  add(
    Context.create(instance, [loaded.mainModule]),
    (it) => it.lookupFunction("types.nothing"),
  );
  add(
    loaded.context.lookupFunction("types.nothing"),
    (it) => it.call(),
  );
  add(List.create(instance), (it) => it.toArray());
  add(VmBuffer.from(instance, new Uint8Array(1)), (it) => it.toBytes());
  add(loaded.call("counter_create", 1) as VmRef, (it) => it.typeName);
  add(loaded.call("make_buffer_view") as BufferView, (it) => it.format());
  for (const [object, use] of uses) {
    object.dispose();
    const name = object.constructor.name;
    assertThrows(use, IreeError, `this ${name} was disposed`);
  }
});

test("A disposed argument is rejected and the call leaves nothing behind", () => {
  using loaded = load({ modules: [types] });
  const list = loaded.call("make_list") as List;
  list.dispose();
  assertThrows(() => loaded.call("list_size", list), IreeError, "disposed");
});

// Every order of releasing a graph of objects: none crashes or leaks.
function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) {
      yield [item, ...rest];
    }
  }
}

test("Objects can be disposed in every order", () => {
  const orders = [...permutations([0, 1, 2, 3, 4, 5])];
  assertEquals(orders.length, 720);
  for (const order of orders) {
    const instance = Instance.open();
    const native = DynamicModule.load(instance, types);
    const context = Context.create(instance, [native]);
    const make = context.lookupFunction("types.counter_create");
    const reference = make.call(5) as VmRef;
    const list = List.from(instance, [reference]);
    const graph = [instance, native, context, make, reference, list];
    for (const index of order) graph[index].dispose();
    assertEquals(runtime.statistics.liveAllocations, 0, `order ${order}`);
  }
});

test("A device's memory outlives device and program", () => {
  for (const order of permutations([0, 1, 2, 3])) {
    const instance = Instance.open();
    const device = Device.create(instance, "local-task");
    const loaded = load({ modules: [types, tensors], device });
    const view = loaded.call("doubled") as BufferView;
    const graph = [instance, device, loaded, view];
    for (const index of order) {
      if (index === 3) assertEquals(view.format(), DOUBLED);
      graph[index].dispose();
    }
    assertEquals(runtime.statistics.liveAllocations, 0, `order ${order}`);
  }
});

test("A device's memory outlives the device in a list and in a program", () => {
  const list = (() => {
    using instance = Instance.open();
    return List.create(instance);
  })();
  {
    using loaded = load({ modules: [types, tensors], device: "local-task" });
    using view = loaded.call("doubled") as BufferView;
    list.push(view);
  }
  const view = list.get(0) as BufferView;
  list.dispose();
  assertEquals(view.format(), DOUBLED);
  view.dispose();
});

test("A device's memory outlives the device in lists that a program filled", async () => {
  const filling = await program("fill_list.mlir");
  for (const device of ["local-sync", "local-task"]) {
    using instance = Instance.open();
    using list = List.from(instance, [null]);
    using inner = List.from(instance, [null]);
    using outer = List.from(instance, [inner]);
    const early = outer.get(0) as List;
    {
      using loaded = load({ modules: [filling], device });
      loaded.call("fill", list);
      loaded.call("fill_inner", outer);
    }
    outer.dispose();
    for (const holder of [list, inner, early]) {
      using view = holder.get(0) as BufferView;
      assertEquals(view.format(), "4xf32=2 4 6 8");
    }
    early.dispose();
  }
});

test("A device's memory is freed with the last object that may hold it", async () => {
  const filling = await program("fill_list.mlir");
  using instance = Instance.open();
  using other = List.create(instance);
  const before = runtime.statistics.liveAllocations;
  for (let i = 0; i < 20; i++) {
    using list = List.from(instance, [null]);
    using loaded = load({ modules: [filling], device: "local-task" });
    loaded.call("fill", list);
  }
  assertEquals(runtime.statistics.liveAllocations, before);
  other.push(1);
});

test("A result outlives its program", () => {
  const loaded = load({ modules: [types] });
  const list = loaded.call("make_list") as List;
  const view = loaded.call("make_buffer_view") as BufferView;
  const counter = loaded.call("counter_create", 1) as VmRef;
  loaded.dispose();
  assertEquals(list.get(0), -1);
  assertEquals(view.format(), "2x3xf32=[1 2 3][4 5 6]");
  assertEquals(counter.typeName, "types.counter");
  for (const object of [counter, view, list]) object.dispose();
});

test("A failed load leaves nothing behind", () => {
  for (
    const modules of [
      [types, "/nowhere/at/all.vmfb"],
      [types, arithmetic, new Uint8Array([1, 2, 3])],
      [tensors, `${types}@no_such_export`],
    ]
  ) {
    assertThrows(() => load({ modules }), IreeError);
    assertEquals(runtime.statistics.liveAllocations, 0);
  }
});

test("Loading, calling and disposing 1,000 times keeps memory flat", () => {
  let peak = 0;
  for (let i = 0; i < 1000; i++) {
    using loaded = load({ modules: [types, arithmetic] });
    assertEquals(loaded.call("add_i32", i, 1), i + 1);
    if (i === 10) peak = runtime.statistics.peakBytes;
  }
  assertEquals(runtime.statistics.peakBytes, peak);
});

test("Objects dropped without dispose are released when collected", async () => {
  const instance = Instance.open();
  (() => {
    for (let i = 0; i < 100; i++) List.from(instance, [i]);
  })();
  const before = runtime.statistics.liveAllocations;
  await waitUntil(() => {
    gc();
    return runtime.statistics.liveAllocations <= before - 150;
  }, "150 allocations are released");
  instance.dispose();
});

test("The leak check of the tests detects a leak", () => {
  const instance = Instance.open();
  const list = List.from(instance, [1]);
  assert(runtime.statistics.liveAllocations > 0);
  assert(runtime.statistics.liveBytes > 0);
  list.dispose();
  instance.dispose();
});

function gc(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
