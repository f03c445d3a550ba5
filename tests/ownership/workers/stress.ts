/**
 * A worker that makes programs, modules, contexts, functions, lists and
 * references at random, checks their behaviour, and releases them at random.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import {
  type BufferView,
  BytecodeModule,
  Context,
  DynamicModule,
  Instance,
  IreeError,
  List,
  load,
  type ModuleSource,
  type VmRef,
} from "../../../mod.ts";

/** The worker's first message. */
export interface StressOrder {
  seed: number;
  /** The least number of steps. */
  steps: number;
  /** A shared number: work continues while it is 0. */
  stop: SharedArrayBuffer;
  /** Paths of native modules. */
  types: string;
  custom: string;
  /** Paths of programs: on a device, without one, with a wrong import. */
  tensors: string;
  inlined: string;
  mismatched: string;
}

/** Its report: the steps so far or in total, or the failure. */
export type StressReport =
  | { kind: "working"; steps: number }
  | { kind: "done"; steps: number }
  | { kind: "failed"; seed: number; message: string };

declare const self: {
  onmessage: (event: MessageEvent<StressOrder>) => void;
  postMessage(report: StressReport): void;
  close(): void;
};

/** A live object and its check. */
interface Subject extends Disposable {
  check(): void;
}

/** Integers below a limit, the same ones for the same seed. */
type Random = (limit: number) => number;

function randomNumbers(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

const DOUBLED = "2x3xf32=[2 4 6][8 10 12]";

/** A program on a device, with a native module. */
function makeProgram(order: StressOrder, random: Random): Subject {
  const device = ["local-sync", "local-task"][random(2)];
  const modules: ModuleSource[] = [order.types, order.tensors];
  const program = load({ modules, device });
  const check = () => {
    using view = program.call("doubled") as BufferView;
    assertEquals(view.format(), DOUBLED);
    const start = random(1000);
    const [counter, sum] = program.call("counter", start, 7) as [
      VmRef,
      number,
    ];
    using _counter = counter;
    assertEquals(sum, start + 14);
    const big = BigInt(random(1000)) << 40n;
    assertEquals(program.call("scalars", start, big, 0.5, 0.25), [
      2 * start,
      2n * big,
      1.5,
    ]);
  };
  return { check, [Symbol.dispose]: () => program.dispose() };
}

/** A native module in a context, with one of its objects, which counts. */
function makeCounter(order: StressOrder, random: Random): Subject {
  const stack = new DisposableStack();
  const instance = stack.use(Instance.open());
  const module = stack.use(DynamicModule.load(instance, order.types));
  const context = stack.use(Context.create(instance, [module]));
  const make = stack.use(context.lookupFunction("types.counter_create"));
  const add = stack.use(context.lookupFunction("types.counter_add"));
  let value = random(1000);
  const counter = stack.use(make.call(value) as VmRef);
  // The function keeps all of them alive.
  for (const object of [instance, module, context, make]) {
    if (random(2) === 0) object.dispose();
  }
  const check = () => {
    const step = random(100);
    value += step;
    assertEquals(add.call(counter, step), value);
    assertEquals(counter.typeName, "types.counter");
    const code = 1 + random(15);
    assertThrows(() => add.call(null, code), IreeError, "reference is null");
  };
  return { check, [Symbol.dispose]: () => stack.dispose() };
}

/** A list with an object of a native module and device memory. */
function makeList(order: StressOrder, random: Random): Subject {
  using instance = Instance.open();
  using program = load({
    modules: [order.types, order.tensors],
    device: "local-sync",
  });
  using view = program.call("doubled") as BufferView;
  const [counter] = program.call("counter", 1, 1) as [VmRef, number];
  using _counter = counter;
  using inner = List.from(instance, [view, counter]);
  const number = random(1000);
  const list = List.from(instance, [inner, number, 1n]);
  const check = () => {
    const [inner, ...numbers] = list.toArray() as [List, number, bigint];
    using _inner = inner;
    assertEquals(numbers, [number, 1n]);
    using view = inner.get(0) as BufferView;
    using counter = inner.get(1) as VmRef;
    assertEquals(view.format(), DOUBLED);
    assertEquals(counter.typeName, "types.counter");
  };
  return { check, [Symbol.dispose]: () => list.dispose() };
}

/** Modules and arguments that do not fit. */
function makeFailing(order: StressOrder): Subject {
  const program = load({ modules: [order.inlined] });
  const source = load({ modules: [order.types] });
  const check = () => {
    using view = source.call("make_buffer_view") as BufferView;
    const wrong = () => program.call("mul", view, view);
    assertEquals(assertThrows(wrong, IreeError).code, "INVALID_ARGUMENT");
    using instance = Instance.open();
    using custom = DynamicModule.load(instance, order.custom);
    using mismatched = BytecodeModule.fromFile(instance, order.mismatched);
    assertThrows(
      () => Context.create(instance, [custom, mismatched]),
      IreeError,
      "signature mismatch",
    );
  };
  return {
    check,
    [Symbol.dispose]() {
      source.dispose();
      program.dispose();
    },
  };
}

const MAKERS = [makeProgram, makeCounter, makeList, makeFailing];

/** The most subjects alive at a time. */
const MAX_SUBJECTS = 12;

/** One random step; the garbage collector gets undisposed objects. */
function step(order: StressOrder, random: Random, subjects: Subject[]): void {
  const choice = random(10);
  if (subjects.length === 0 || choice < 3) {
    subjects.push(MAKERS[random(MAKERS.length)](order, random));
  } else if (choice < 8) {
    subjects[random(subjects.length)].check();
  } else {
    const [subject] = subjects.splice(random(subjects.length), 1);
    if (random(5) > 0) subject[Symbol.dispose]();
  }
  if (subjects.length > MAX_SUBJECTS) subjects.shift()?.[Symbol.dispose]();
}

async function run(order: StressOrder): Promise<number> {
  const random = randomNumbers(order.seed);
  const subjects: Subject[] = [];
  const stop = new Int32Array(order.stop);
  let steps = 0;
  for (; steps < order.steps || Atomics.load(stop, 0) === 0; steps++) {
    step(order, random, subjects);
    if (steps % 50 !== 0) continue;
    self.postMessage({ kind: "working", steps });
    // Lets the collector's callbacks run.
    await new Promise((done) => setTimeout(done, 0));
  }
  return steps;
}

self.onmessage = async ({ data: order }) => {
  try {
    self.postMessage({ kind: "done", steps: await run(order) });
  } catch (error) {
    const message = error instanceof Error ? error.stack! : String(error);
    self.postMessage({ kind: "failed", seed: order.seed, message });
  }
  self.close();
};
