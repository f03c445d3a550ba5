import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type BufferView,
  BytecodeModule,
  Context,
  DynamicModule,
  Instance,
  IreeError,
  List,
  runtime,
  type VmRef,
} from "../../mod.ts";
import {
  nativeModule,
  program,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";

const types = await nativeModule("fixtures/types_module.cc");
const refusing = await nativeModule("fixtures/refusing_module.cc");
const custom = await sampleModule();
const mismatched = await Deno.readFile(
  await program("signature_mismatch.mlir"),
);
const arithmetic = await Deno.readFile(await program("arithmetic.mlir"));

/** How often modules are loaded and released. */
const ROUNDS = 1000;

/**
 * The most that the process may grow in as many rounds; leaks would exceed it.
 */
const MAX_GROWTH = 4 * 2 ** 20;

// A sanitizer holds freed memory for long.
const isSanitized = (Deno.env.get("DEV_SANITIZE") ?? "") !== "";

/** The most measurements of growth: a leak grows in each of them. */
const MEASUREMENTS = 5;

/** Repeats a step, and returns the growth of the process. */
function growthOf(round: (index: number) => void): number {
  gc();
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < ROUNDS; i++) {
    round(i);
    assertEquals(runtime.statistics.liveBytes, 0, `round ${i}`);
  }
  gc();
  return Deno.memoryUsage().rss - before;
}

/** Defines a test that repeats a step and ends with the same memory. */
function repeat(name: string, round: (index: number) => void): void {
  test(`${name}, 1,000 times`, () => {
    for (let i = 0; i < ROUNDS / 5; i++) round(i);
    let growth = growthOf(round);
    if (isSanitized) return;
    for (let i = 1; i < MEASUREMENTS && growth >= MAX_GROWTH; i++) {
      growth = growthOf(round);
    }
    assert(growth < MAX_GROWTH, `grew by ${growth} bytes`);
  });
}

repeat("A dynamic module is loaded, called and unloaded", (index) => {
  using instance = Instance.open();
  using module = DynamicModule.load(instance, types);
  using context = Context.create(instance, [module]);
  using add = context.lookupFunction("types.add_i32");
  assertEquals(add.call(index, 1), index + 1);
  using make = context.lookupFunction("types.counter_create");
  using counter = make.call(index) as VmRef;
  assertEquals(counter.typeName, "types.counter");
});

repeat("A type is there as long as a module that defines it", () => {
  using instance = Instance.open();
  assertEquals(instance.hasType("types.counter"), false);
  using first = DynamicModule.load(instance, types);
  using second = DynamicModule.load(instance, types);
  first.dispose();
  assertEquals(instance.hasType("types.counter"), true);
  second.dispose();
  assertEquals(instance.hasType("types.counter"), false);
});

repeat("An error can be read after the module that raised it is gone", () => {
  const errors: IreeError[] = [];
  {
    using instance = Instance.open();
    using module = DynamicModule.load(instance, types);
    using context = Context.create(instance, [module]);
    using fail = context.lookupFunction("types.fail");
    errors.push(assertThrows(() => fail.call(15), IreeError));
    const create = (exportName: string) =>
      DynamicModule.load(instance, refusing, { exportName });
    errors.push(
      assertThrows(() => create("create_future_module"), IreeError),
      assertThrows(() => create("create_verbose_module"), IreeError),
    );
  }
  assertEquals(runtime.statistics.liveAllocations, 0);
  const [failed, refused, verbose] = errors;
  assertEquals(failed.code, "DATA_LOSS");
  assertMatch(failed.status ?? "", /types_module\.cc:\d+: DATA_LOSS/);
  assertEquals(
    failed.detail,
    "failed as asked: 15; while invoking C++ function types.fail",
  );
  assertEquals(refused.code, "UNIMPLEMENTED");
  assertMatch(refused.detail, /^needs version 2147483647/);
  assertEquals(verbose.detail, `<${"xé".repeat(5000)}>`);
});

/** A string of the module `custom` whose module and context are disposed. */
function makeString(): VmRef {
  using instance = Instance.open();
  using source = DynamicModule.load(instance, types);
  using module = DynamicModule.load(instance, custom, {
    parameters: { quiet: "1" },
  });
  using context = Context.create(instance, [source, module]);
  using makeView = context.lookupFunction("types.make_buffer_view");
  using fromTensor = context.lookupFunction("custom.string.from_tensor");
  using view = makeView.call() as BufferView;
  return fromTensor.call(view) as VmRef;
}

repeat("A reference outlives its module and a mismatch of signatures", () => {
  using string = makeString();
  using instance = Instance.open();
  assertEquals(instance.hasType("custom.string"), false);
  assertEquals(string.typeName, "custom.string");
  using list = List.from(instance, [string, 1]);
  using quiet = DynamicModule.load(instance, custom, {
    parameters: { quiet: "1" },
  });
  using mismatch = BytecodeModule.fromBytes(instance, mismatched);
  for (let i = 0; i < 2; i++) {
    const error = assertThrows(
      () => Context.create(instance, [quiet, mismatch]),
      IreeError,
      "signature mismatch",
    );
    assertEquals(error.code, "INTERNAL");
  }
  // The library is the same, so the new module recognizes the old one's type.
  using context = Context.create(instance, [quiet]);
  using print = context.lookupFunction("custom.string.print");
  using live = context.lookupFunction("custom.string.live");
  assertEquals(print.call(string), undefined);
  using again = list.get(0) as VmRef;
  assert(again.equals(string));
  assertEquals(live.call(), 1);
});

repeat("A reference of one module is rejected by another", () => {
  using string = makeString();
  using instance = Instance.open();
  using module = DynamicModule.load(instance, types);
  using context = Context.create(instance, [module]);
  using add = context.lookupFunction("types.counter_add");
  const error = assertThrows(() => add.call(string, 1), IreeError);
  assertEquals(error.code, "INVALID_ARGUMENT");
});

repeat("Contexts are torn down while programs and references live on", () => {
  using instance = Instance.open();
  using module = DynamicModule.load(instance, types);
  using program = BytecodeModule.fromBytes(instance, arithmetic);
  const first = Context.create(instance, [module, program]);
  const second = Context.create(instance, [program, module]);
  using make = first.lookupFunction("types.counter_create");
  using add = second.lookupFunction("types.counter_add");
  const counter = make.call(1) as VmRef;
  for (const object of [first, module, program, instance]) object.dispose();
  assertEquals(add.call(counter, 2), 3);
  for (const object of [second, add, make]) object.dispose();
  assertEquals(counter.typeName, "types.counter");
  counter.dispose();
});

test("Copies of a library are separate libraries", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using original = DynamicModule.load(instance, types);
  for (let i = 0; i < 20; i++) {
    const path = folder.join(`types${i}.so`);
    Deno.copyFileSync(types, path);
    using copy = DynamicModule.load(instance, path);
    Deno.removeSync(path);
    using context = Context.create(instance, [copy]);
    using live = context.lookupFunction("types.counter_live");
    using make = context.lookupFunction("types.counter_create");
    using _counter = make.call(i) as VmRef;
    assertEquals(live.call(), 1);
  }
  assertEquals(original.name, "types");
});

function gc(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
