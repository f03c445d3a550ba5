import { assert, assertEquals, assertThrows } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type BufferView,
  BytecodeModule,
  Context,
  Device,
  DynamicModule,
  HalModule,
  Instance,
  IreeError,
  List,
  type NativeObject,
  runtime,
  type VmFunction,
  type VmRef,
} from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";
import { waitUntil } from "../waiting.ts";

const types = await nativeModule("fixtures/types_module.cc");
const tensors = await Deno.readFile(await program("many_types.mlir"));

/** Names of the graph's objects, in the order of their creation. */
const NAMES = [
  "instance",
  "device",
  "dynamic module",
  "bytecode module",
  "context",
  "function",
  "list",
  "reference",
] as const;

/**
 * Makes a program on a device with one of its functions and a reference to an
 * object of its native module. A list holds that object and device memory.
 */
function makeGraph(): NativeObject[] {
  const instance = Instance.open();
  const device = Device.create(instance, "local-sync");
  using hal = HalModule.create(instance, device);
  const native = DynamicModule.load(instance, types);
  const bytecode = BytecodeModule.fromBytes(instance, tensors);
  const context = Context.create(instance, [hal, native, bytecode]);
  const fn = context.lookupFunction("counter", bytecode);
  const [reference] = fn.call(5, 1) as [VmRef, number];
  using doubled = context.lookupFunction("doubled", bytecode);
  using view = doubled.call() as BufferView;
  const list = List.from(instance, [view, reference]);
  return [instance, device, native, bytecode, context, fn, list, reference];
}

/** The use of every object in a graph. */
const USES: readonly ((object: never) => void)[] = [
  (instance: Instance) => assert(instance.hasType("hal.buffer_view")),
  (device: Device) => {
    using instance = Instance.open();
    using hal = HalModule.create(instance, device);
    assertEquals(hal.name, "hal");
  },
  (native: DynamicModule) => {
    using instance = Instance.open();
    using context = Context.create(instance, [native]);
    using add = context.lookupFunction("types.add_i32");
    assertEquals(add.call(1, 2), 3);
  },
  (bytecode: BytecodeModule) => {
    using instance = Instance.open();
    using device = Device.create(instance, "local-sync");
    using hal = HalModule.create(instance, device);
    using native = DynamicModule.load(instance, types);
    using context = Context.create(instance, [hal, native, bytecode]);
    assertEquals(context.modules.length, 3);
  },
  (context: Context) => {
    using doubled = context.lookupFunction("many_types.doubled");
    using view = doubled.call() as BufferView;
    assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
  },
  (fn: VmFunction) => {
    const [counter, sum] = fn.call(40, 1) as [VmRef, number];
    using _ = counter;
    assertEquals(sum, 42);
  },
  (list: List) => {
    const [view, counter] = list.toArray() as [BufferView, VmRef];
    using _view = view;
    using _counter = counter;
    assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
    assertEquals(counter.typeName, "types.counter");
  },
  (reference: VmRef) => assert(reference.equals(reference)),
];

function use(graph: readonly NativeObject[], index: number): void {
  USES[index](graph[index] as never);
}

function describe(order: readonly number[]): string {
  return order.map((index) => NAMES[index]).join(", ");
}

function assertNothingLive(what: string): void {
  assertEquals(runtime.statistics.liveAllocations, 0, what);
  assertEquals(runtime.statistics.liveBytes, 0, what);
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) {
      yield [item, ...rest];
    }
  }
}

/**
 * Under a sanitizer all orders are tried, else every fifth: the sanitizer also
 * finds uses of released memory.
 */
const EVERY = Deno.env.has("DEV_SANITIZE") ? 1 : 5;

for (const [first, name] of NAMES.entries()) {
  test(`Objects can be disposed in every order that begins with the ${name}`, () => {
    const others = NAMES.keys().filter((index) => index !== first).toArray();
    const tried = new Set<string>();
    // Begins elsewhere for each object, so that the parts differ.
    for (const [at, rest] of permutations(others).toArray().entries()) {
      if ((at + first) % EVERY !== 0) continue;
      const order = [first, ...rest];
      const graph = makeGraph();
      for (const index of order) graph[index].dispose();
      assertNothingLive(describe(order));
      tried.add(order.join());
    }
    assertEquals(tried.size, 40_320 / NAMES.length / EVERY);
  });
}

/** Random numbers that are the same in every run. */
function* random(seed: number): Generator<number> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function shuffle<T>(items: T[], numbers: Iterator<number>): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(numbers.next().value! * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}

test("Live objects can be used and disposed ones throw", () => {
  const numbers = random(8);
  for (let round = 0; round < 200; round++) {
    const order = shuffle([...NAMES.keys()], numbers);
    const graph = makeGraph();
    for (const [step, index] of order.entries()) {
      graph[index].dispose();
      graph[index].dispose();
      for (const disposed of order.slice(0, step + 1)) {
        const error = assertThrows(() => use(graph, disposed), IreeError);
        assertEquals(error.code, "FAILED_PRECONDITION", describe(order));
      }
      for (const left of order.slice(step + 1)) use(graph, left);
    }
    assertNothingLive(describe(order));
  }
});

test("A context finds its functions after its modules are disposed", () => {
  using context = (() => {
    using instance = Instance.open();
    using native = DynamicModule.load(instance, types);
    return Context.create(instance, [native]);
  })();
  using add = context.lookupFunction("types.add_i32");
  assertEquals(add.call(1, 2), 3);
  assertEquals(context.modules[0].disposed, true);
});

// Every way for a call to end early, with objects as arguments and results.
const FAILING_CALLS: readonly [string, (graph: NativeObject[]) => void][] = [
  ["a program's native function fails", ([, , , , context]) => {
    using sum = (context as Context).lookupFunction("many_types.sum_list");
    assertThrows(() => sum.call(null), IreeError, "reference is null");
  }],
  ["a native function fails with its arguments", (graph) => {
    const [, , , , context, , list] = graph as [...NativeObject[]];
    using fail = (context as Context).lookupFunction("types.counter_add");
    const error = assertThrows(() => fail.call(list as List, 1), IreeError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }],
  ["an argument is rejected after an object", ([, , , , context, , , ref]) => {
    using add = (context as Context).lookupFunction("types.counter_add");
    assertThrows(
      () => add.call(ref as VmRef, 1.5),
      IreeError,
      "argument 1",
    );
  }],
  ["an argument throws when it is looked at", ([, , , , context, , , ref]) => {
    using add = (context as Context).lookupFunction("types.counter_add");
    const spring = () => {
      throw new RangeError("trap");
    };
    const trap = new Proxy({}, { get: spring, has: spring });
    const args = [trap, ref] as unknown as [VmRef, number];
    assertThrows(() => add.call(...args), RangeError, "trap");
  }],
];

test("A call that ends early keeps its objects usable and leaves nothing behind", () => {
  for (const [what, fail] of FAILING_CALLS) {
    const graph = makeGraph();
    const before = runtime.statistics.liveAllocations;
    for (let i = 0; i < 10; i++) fail(graph);
    assertEquals(runtime.statistics.liveAllocations, before, what);
    for (const index of graph.keys()) use(graph, index);
    for (const object of graph) object.dispose();
    assertNothingLive(what);
  }
});

test("Graphs dropped without dispose are collected", async () => {
  (() => {
    for (let i = 0; i < 100; i++) {
      const graph = makeGraph();
      // Some are partly disposed, as by a program that forgets the rest.
      for (let index = 0; index < i % 8; index++) graph[index].dispose();
    }
  })();
  assert(runtime.statistics.liveAllocations > 1000);
  await waitUntil(() => {
    gc();
    return runtime.statistics.liveAllocations === 0;
  }, "all graphs are released");
  assertNothingLive("after collection");
});

function gc(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
