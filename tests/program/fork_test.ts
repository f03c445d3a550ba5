import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  type List,
  load,
  LoadedProgram,
  ParameterIndex,
  type Program,
} from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";

const syncWork = await program("sync_work.mlir");
const parameters = await program("parameters.mlir");
const names = await program("names.mlir");
const refusing = await nativeModule("fixtures/refusing_module.cc");
const manyTypes = await program("many_types.mlir");
const types = await nativeModule("fixtures/types_module.cc");

interface Functions {
  count(): number;
  loop(turns: bigint): bigint;
  mul(a: Float32Array, b: Float32Array): BufferView;
  same(a: Float32Array): [BufferView, number];
}

const open = (): Program<Functions> =>
  load<Functions>({ modules: [syncWork], device: "local-task" });

const four = (value: number) => new Float32Array(4).fill(value);

/** Turns of `loop` that take long enough for other work meanwhile. */
const LONG = 20_000_000n;

test("A fork of a program has the same functions and its own state", () => {
  using program = open();
  program.count();
  using fork = program.fork();
  assert(fork instanceof LoadedProgram);
  assert(fork.context !== program.context);
  assertEquals(fork.functionNames, program.functionNames);
  assertEquals(fork.mainModule.name, "sync_work");
  assert(fork.devices[0] === program.devices[0]);
  assertEquals([fork.count(), fork.count(), program.count()], [2, 3, 2]);
  using again = fork.fork();
  assertEquals([again.call("count"), fork.call("count")], [4, 4]);
  const computed = fork.lookupFunction("same").compute(four(2));
  assertEquals(computed, [four(2), 7]);
  using product = fork.mul(four(2), four(3));
  using other = program.mul(product.toTypedArray() as Float32Array, four(2));
  assertEquals(other.toTypedArray(), four(12));
});

test("A function named `fork` is callable through `call`", () => {
  using loaded = load({ modules: [names] });
  assertEquals(loaded.call("fork"), 7);
  using fork = loaded.fork();
  assertEquals(fork.call("fork"), 7);
});

test("A program and its forks run in parallel", async () => {
  using program = open();
  using fork = program.fork();
  const slow = program.callAsync("loop", LONG);
  let isDone = false;
  slow.then(() => isDone = true);
  assertEquals(await fork.callAsync("count"), 1);
  const product = fork.lookupFunction("mul").computeAsync(four(2), four(4));
  assertEquals(await product, four(8));
  assertEquals(isDone, false);
  assertEquals(await slow, LONG);
});

/** All orders of three items. */
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** Asserts that a program and its devices work. */
function use(program: Program<Functions>): void {
  using product = program.mul(four(2), four(3));
  assertEquals(product.toTypedArray(), four(6));
  using view = BufferView.from(program.devices[0], four(1));
  using other = (program as LoadedProgram).call(
    "mul",
    view,
    view,
  ) as BufferView;
  assertEquals(other.toTypedArray(), four(1));
}

for (const order of ORDERS) {
  test(`A program and its forks are disposed in the order ${order}, and the rest works`, () => {
    const program = open();
    const fork = program.fork();
    const all = [program, fork, fork.fork()];
    for (const it of all) use(it);
    for (let i = 0; i < order.length; i++) {
      const gone = all[order[i]];
      gone.dispose();
      gone.dispose();
      assertThrows(() => gone.call("count"), IreeError, "disposed");
      assertThrows(() => gone.fork(), IreeError, "disposed");
      for (const left of order.slice(i + 1)) use(all[left]);
    }
  });
}

test("Calls of forks finish after all forks are disposed", async () => {
  const program = open();
  const fork = program.fork();
  const calls = [program, fork].map((it) => [
    it.callAsync("loop", LONG),
    it.lookupFunction("mul").computeAsync(four(2), four(3)),
  ]);
  program.dispose();
  fork.dispose();
  for (const [loop, product] of calls) {
    assertEquals([await loop, await product], [LONG, four(6)]);
  }
  await assertRejects(async () => await fork.callAsync("count"), IreeError);
});

test("Disposing a program keeps the caller's device", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  const program = load<Functions>({ modules: [syncWork], device });
  const fork = program.fork();
  assert(fork.devices[0] === device);
  program.dispose();
  fork.dispose();
  using view = BufferView.from(device, four(1));
  assertEquals(view.toTypedArray(), four(1));
});

test("A fork has its program's parameters, however long the program lives", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("weight", new Float32Array([1, 2, 3, 4]));
  index.addData("state", new Int32Array([10, 20, 30, 40]));
  index.addSplat("scale", 16, new Float64Array([2.5]));
  const program = load({
    modules: [parameters],
    parameters: [{ scope: "model", index }],
  });
  using fork = program.fork();
  program.dispose();
  index.dispose();
  assertEquals(
    fork.lookupFunction("scaled").compute(four(2)),
    new Float32Array([2, 4, 6, 8]),
  );
});

test("fork throws while an asynchronous call uses the program", async () => {
  using program = open();
  const running = program.callAsync("loop", LONG);
  const error = assertThrows(() => program.fork(), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  await running;
  using fork = program.fork();
  assertEquals(fork.count(), 1);
});

test("A fork includes the program's C++ module", () => {
  const program = load({ modules: [types, manyTypes] });
  using fork = program.fork();
  const list = program.call("list") as List;
  assertEquals(fork.call("list_size", list), program.call("list_size", list));
  list.dispose();
  program.dispose();
  const doubled = fork.lookupFunction("doubled").compute() as Float32Array;
  assertEquals(doubled.length, 6);
  using alone = load({ modules: [types] });
  using other = alone.fork();
  assertEquals([alone.call("add_i32", 1, 2), other.call("add_i32", 3, 4)], [
    3,
    7,
  ]);
});

test("Forking a program with an unforkable module throws and changes nothing", () => {
  using program = load({
    modules: [`${refusing}@create_single_module`, syncWork],
  });
  const error = assertThrows(() => program.fork(), IreeError);
  assertEquals([error.code, error.detail], [
    "UNIMPLEMENTED",
    "module cannot be forked",
  ]);
  assertEquals(program.call("count"), 1);
});
