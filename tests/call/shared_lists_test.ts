import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BufferView,
  BytecodeModule,
  Context,
  Device,
  HalModule,
  Instance,
  IreeError,
  List,
  load,
  type LoadedProgram,
  ParametersModule,
  type VmRef,
} from "../../mod.ts";
import { Latch } from "../latch.ts";
import { program, test } from "../support.ts";

const syncWork = await program("sync_work.mlir");
const gate = await program("gate.mlir");

/** How many numbers to store into a list, so that it takes long. */
const LONG = 5_000_000;

const open = (path: string): LoadedProgram =>
  load({ modules: [path], device: "local-task" });

/** Makes a list that programs can store numbers in. */
function numbers({ context }: LoadedProgram): List {
  return List.from(context.instance, [0n]);
}

test("Calls of forks run in parallel", async () => {
  using loaded = open(gate);
  using fork = loaded.fork();
  using closed = loaded.call("fence") as VmRef;
  // The first call ends because the second one is made meanwhile.
  const waiting = loaded.lookupFunction("wait").callAsync(closed);
  await fork.lookupFunction("open").callAsync(closed);
  assertEquals(await waiting, 0);
});

test("Contexts that share only tensors run in parallel, with or without lists", async () => {
  using work = open(syncWork);
  using gated = load({ modules: [gate], device: work.devices[0] });
  using view = BufferView.from(work.devices[0], new Float32Array(4));
  using list = numbers(work);
  using closed = gated.call("fence") as VmRef;
  using done = gated.call("fence") as VmRef;
  using _same = work.call("mul", view, view) as BufferView;
  work.call("fill", list, 1);
  using _result = gated.call("begin", view, closed, done) as BufferView;
  using fork = gated.fork();
  const waiting = gated.lookupFunction("wait").callAsync(closed);
  await work.lookupFunction("fill").callAsync(list, 10);
  work.call("fill", list, 20);
  assertEquals(list.toArray(), [20n]);
  fork.call("open", closed);
  assertEquals(await waiting, 0);
});

test("Contexts that share only parameters run in parallel, with or without lists", async () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using hal = HalModule.create(instance, device);
  using parameters = ParametersModule.create(instance, []);
  const link = (path: string) => {
    using module = BytecodeModule.fromFile(instance, path);
    return Context.create(instance, [hal, parameters, module]);
  };
  using gated = link(gate);
  using work = link(syncWork);
  using list = List.from(instance, [0n]);
  using fence = gated.lookupFunction("gate.fence");
  using closed = fence.call() as VmRef;
  using fork = gated.fork();
  using opens = fork.lookupFunction("gate.open");
  using waits = gated.lookupFunction("gate.wait");
  using fill = work.lookupFunction("sync_work.fill");
  const waiting = waits.callAsync(closed);
  await fill.callAsync(list, 10);
  opens.call(closed);
  assertEquals(await waiting, 0);
});

test("Calls of forks that may share a list run one at a time, in order", async () => {
  using loaded = open(syncWork);
  using two = loaded.fork();
  using three = loaded.fork();
  using list = numbers(loaded);
  const order: string[] = [];
  const make = async (
    it: LoadedProgram,
    name: string,
    ...values: [List?, number?]
  ) => {
    await it.lookupFunction(values.length > 0 ? "fill" : "count")
      .callAsync(...values as [List, number]);
    order.push(name);
  };
  await Promise.all([
    make(loaded, "one", list, LONG),
    make(two, "two"),
    make(loaded, "one again"),
    make(three, "three"),
    make(two, "two again", list, 1),
  ]);
  assertEquals(order, ["one", "two", "three", "one again", "two again"]);
  assertEquals(list.toArray(), [1n]);
});

test("A fork with successive calls does not starve others", async () => {
  using loaded = open(syncWork);
  using fork = loaded.fork();
  using list = numbers(loaded);
  const fill = loaded.lookupFunction("fill");
  let rounds = 0;
  let isDone = false;
  const filling = (async () => {
    for (; !isDone && rounds < 1000; rounds++) {
      await fill.callAsync(list, 20_000);
    }
  })();
  assertEquals(await fork.lookupFunction("count").callAsync(), 1);
  assert(rounds < 5, `waited for ${rounds} calls`);
  isDone = true;
  await filling;
});

test("A call abandoned while it waited for lists does not run or block others", async () => {
  using latch = new Latch();
  using loaded = load({
    modules: [Latch.module, syncWork],
    device: "local-task",
  });
  using fork = loaded.fork();
  using list = numbers(loaded);
  using wait = Latch.function(loaded, "wait_with");
  const waiting = wait.callAsync(list);
  const count = fork.lookupFunction("count");
  const error = await count.with({ signal: AbortSignal.timeout(1) }).callAsync()
    .catch((error) => error);
  assertEquals(error.name, "TimeoutError");
  latch.open();
  assertEquals(await count.callAsync(), 1);
  await waiting;
  assertEquals(loaded.call("count"), 1);
});

test("A rejection caused by another context's call says so", async () => {
  using loaded = open(syncWork);
  using fork = loaded.fork();
  using list = numbers(loaded);
  const filling = loaded.lookupFunction("fill").callAsync(list, LONG);
  for (const use of [() => fork.call("count"), () => fork.fork()]) {
    const error = assertThrows(use, IreeError);
    assertEquals(error.code, "FAILED_PRECONDITION");
    assertMatch(error.detail, /call of another context .* list/);
    assertStringIncludes(error.hint ?? "", "await that call");
  }
  await filling;
  assertEquals(fork.call("count"), 1);
});
