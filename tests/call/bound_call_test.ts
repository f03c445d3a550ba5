import { assertEquals, assertThrows } from "@std/assert";
import {
  BoundCall,
  BufferView,
  Device,
  Instance,
  IreeError,
  List,
  load,
} from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";

const mulInto = await program("mul_into.mlir");
const syncWork = await program("sync_work.mlir");
const asyncWork = await program("async_work.mlir");
const types = await nativeModule("fixtures/types_module.cc");

const zeros = () => new Float32Array(4);

test("A bound call reads and writes the same tensors each time", () => {
  using loaded = load({ modules: [mulInto], device: "local-sync" });
  const [device] = loaded.devices;
  using a = BufferView.from(device, zeros());
  using b = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
  using out = BufferView.from(device, zeros());
  using call = loaded.lookupFunction("mul_into").bind(a, b, out);
  for (let factor = 1; factor <= 3; factor++) {
    a.write(zeros().fill(factor));
    assertEquals(call.run(), undefined);
    assertEquals(
      out.toTypedArray(),
      new Float32Array([1, 2, 3, 4].map((it) => it * factor)),
    );
  }
  using result = call.call() as BufferView;
  assertEquals(result.format(), "4xf32=3 6 9 12");
});

test("A bound call works on arrays that share the tensors' memory", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using loaded = load({ modules: [mulInto], device });
  const make = () =>
    BufferView.import(device, BufferView.alignedArray(instance, "f32", 4));
  using a = make();
  using b = make();
  using out = make();
  using first = a.map("f32");
  using second = b.map("f32");
  using product = out.map();
  using call = loaded.lookupFunction("mul_into").bind(a, b, out);
  first.array.set([1, 2, 3, 4]);
  second.array.fill(2);
  call.run();
  assertEquals(product.array, new Float32Array([2, 4, 6, 8]));
});

test("Bound objects live as long as the bound call", () => {
  using loaded = load({ modules: [syncWork], device: "local-task" });
  const [device] = loaded.devices;
  const a = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
  const call = loaded.lookupFunction("mul").bind(a, [2, 2, 2, 2]);
  a.dispose();
  loaded.dispose();
  for (let i = 0; i < 3; i++) {
    using product = call.call() as BufferView;
    assertEquals(product.format(), "4xf32=2 4 6 8");
  }
  call.dispose();
  const error = assertThrows(() => call.run(), IreeError, "was disposed");
  assertEquals(error.code, "FAILED_PRECONDITION");
});

test("Data is copied when bound, and the program's state carries on", () => {
  using loaded = load({ modules: [syncWork], device: "local-task" });
  const data = new Float32Array([1, 2, 3, 4]);
  using swap = loaded.lookupFunction("swap").bind(data);
  data.fill(9);
  const printed = [1, 2, 3].map(() => {
    using kept = swap.call() as BufferView;
    return kept.format();
  });
  assertEquals(printed, ["4xf32=0 0 0 0", "4xf32=1 2 3 4", "4xf32=1 2 3 4"]);
  using count = loaded.lookupFunction("count").bind();
  assertEquals([count.call(), count.call()], [1, 2]);
});

test("A function that consumes its argument can be called again", () => {
  using loaded = load({ modules: [types] });
  using list = List.from(loaded.context.instance, [1, 2], "i32");
  using call = loaded.lookupFunction("echo_ref").bind(list);
  for (let i = 0; i < 3; i++) {
    using result = call.call() as List;
    assertEquals(result.toArray(), [1, 2]);
  }
  assertEquals(list.toArray(), [1, 2]);
});

test("A bound call waits for a coarse-fences function", () => {
  using loaded = load({ modules: [asyncWork], device: "local-task" });
  using add = loaded.lookupFunction("accumulate").bind([1, 2, 3, 4]);
  add.run();
  using sum = add.call() as BufferView;
  assertEquals(sum.format(), "4xf32=2 4 6 8");
});

test("A bound call throws while an asynchronous call uses its context", async () => {
  using loaded = load({ modules: [syncWork], device: "local-task" });
  using count = loaded.lookupFunction("count").bind();
  const running = loaded.lookupFunction("loop").callAsync(5_000_000);
  const error = assertThrows(() => count.run(), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  await running;
  assertEquals(count.call(), 1);
});

test("Binding rejects arguments that do not fit", () => {
  using loaded = load({ modules: [mulInto], device: "local-sync" });
  const mul = loaded.lookupFunction("mul_into");
  assertThrows(() => mul.bind([1], [2], [3]), IreeError, "as 4, got 1");
  assertThrows(() => mul.bind(), IreeError, "expected 3");
  assertThrows(
    () => Reflect.construct(BoundCall, [{}, {}, {}]),
    IreeError,
    "has no public constructor",
  );
});
