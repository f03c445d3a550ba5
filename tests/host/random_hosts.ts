/**
 * Random modules in TypeScript: functions that throw, reject, wait, return
 * wrong values, dispose what they receive or what calls them, or call back;
 * calls on this thread and on others, some aborted; disposals in any order;
 * workers that end.
 *
 *     DEV_SANITIZE=address ./dev deno run -A tests/host/random_hosts.ts 100000 1
 *
 * The numbers are that of the modules, calls and disposals, and the seed.
 *
 * @module
 */

import {
  type BufferView,
  Context,
  type HostModule,
  hostModule,
  hostType,
  Instance,
  IreeError,
  List,
  runtime,
  type VmFunction,
} from "../../mod.ts";
import { waitUntilLive } from "../waiting.ts";

const held = hostType<object, "random.held">("random.held");

/** Numbers from 0 to 2^32 - 1, the same for a seed. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state ^ (state >>> 15)) >>> 0;
  }
}

/** What one search did. */
export interface Tried {
  /** Modules, calls and disposals. */
  readonly operations: number;
  /** Calls that failed. */
  readonly failures: number;
  /** Calls that returned. */
  readonly returned: number;
}

/**
 * Tries random modules until as many operations were done.
 *
 * @param operations How many.
 * @param seed The seed.
 * @param worker Whether workers are ended, too.
 */
export async function tryRandomHosts(
  operations: number,
  seed: number,
  worker: boolean,
): Promise<Tried> {
  const random = numbers(seed);
  const below = (limit: number) => random.next().value % limit;
  const counts = { operations: 0, failures: 0, returned: 0 };
  const instance = Instance.open();
  while (counts.operations < operations) {
    if (worker && below(500) === 0) await endWorker(below(3));
    await new Round(instance, below, counts).run();
  }
  instance.dispose();
  // Aborted calls end on other threads.
  await waitUntilLive();
  return counts;
}

type Below = (limit: number) => number;

type Counts = { -readonly [Name in keyof Tried]: Tried[Name] };

const TYPES = [
  ["(i32) -> i32", 1],
  ["(i64, f32) -> (f64, i64)", [1.5, 2n]],
  ["(tensor<?xf32>) -> tensor<?xf32>", [1, 2, 3]],
  ["(!vm.list) -> !vm.list", null],
  ["(!random.held) -> !random.held", {}],
  ["() -> ()", undefined],
] as const;

const WRONG = [undefined, null, "text", 2n ** 70n, NaN, [], {}, Symbol("x")];

/** One module, its context, and some calls. */
class Round {
  readonly #instance: Instance;
  readonly #below: Below;
  readonly #counts: Counts;
  /** What makes the calls, which functions may dispose. */
  #callers: readonly (Context | VmFunction | HostModule)[] = [];

  constructor(instance: Instance, below: Below, counts: Counts) {
    this.#instance = instance;
    this.#below = below;
    this.#counts = counts;
  }

  async run(): Promise<void> {
    const kind = this.#below(TYPES.length);
    const module = this.#createModule(kind);
    const context = Context.create(this.#instance, [module]);
    const called = context.lookupFunction("random.f");
    this.#callers = [context, called, module];
    this.#counts.operations += 2;
    const pending: Promise<void>[] = [];
    const calls = this.#below(5);
    if (this.#below(4) === 0) module.dispose();
    for (let at = 0; at < calls; at++) {
      this.#counts.operations++;
      const call = this.#call(called, kind);
      if (this.#below(3) === 0) pending.push(call);
      else await call;
    }
    if (this.#below(4) === 0) context.dispose();
    if (this.#below(4) === 0) called.dispose();
    await Promise.all(pending);
    for (const it of [called, context, module]) it.dispose();
    this.#counts.operations++;
  }

  #createModule(kind: number): HostModule {
    const [types, right] = TYPES[kind]!;
    const call =
      ((...values: unknown[]) =>
        this.#answer(values.slice(0, -1), right)) as never;
    return hostModule("random", { f: { types: types as string, call } }, {
      hostTypes: [held],
      tensors: this.#below(2) === 0 ? "views" : "arrays",
    }).create(this.#instance);
  }

  #answer(values: readonly unknown[], right: unknown): unknown {
    switch (this.#below(10)) {
      case 0:
        throw new IreeError("DATA_LOSS", "thrown");
      case 1:
        throw this.#below(2) === 0 ? new RangeError("thrown") : null;
      case 2:
        return Promise.reject(new Error("rejected"));
      case 3:
        return new Promise((resolve) =>
          setTimeout(() => resolve(right), this.#below(2))
        );
      case 4:
        return WRONG[this.#below(WRONG.length)];
      case 5:
        for (const it of values) (it as BufferView)?.dispose?.();
        return right;
      case 6: {
        const [context] = this.#callers as [Context];
        using called = context.lookupFunction("random.f");
        return called.call();
      }
      case 7:
        for (const it of this.#callers) if (this.#below(2) === 0) it.dispose();
        return right;
      case 8:
        return Promise.resolve(right);
      default:
        return values.length === 1 ? values[0] : right;
    }
  }

  async #call(called: VmFunction, kind: number): Promise<void> {
    try {
      using list = List.from(this.#instance, [1, 2]);
      using object = held.create(this.#instance, {});
      const values = [
        [1],
        [1n, 2],
        [[1, 2, 3]],
        [list],
        [object],
        [],
      ][kind] as never[];
      const result = await this.#make(called, values);
      this.#counts.returned++;
      for (const it of Array.isArray(result) ? result : [result]) {
        (it as BufferView)?.dispose?.();
      }
    } catch {
      this.#counts.failures++;
    }
  }

  #make(called: VmFunction, values: never[]): unknown {
    switch (this.#below(4)) {
      case 0:
        return called.call(...values);
      case 1: {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), this.#below(2));
        return called.with({ signal }).callAsync(...values);
      }
      default:
        return called.callAsync(...values);
    }
  }
}

/** Starts a worker that calls host functions, and ends it meanwhile. */
async function endWorker(way: number): Promise<void> {
  const url = new URL(import.meta.url);
  url.searchParams.set("way", String(way));
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  worker.onmessage = resolve;
  await promise;
  worker.terminate();
}

/** What such a worker does. */
async function beEnded(way: number): Promise<void> {
  const { promise: never } = Promise.withResolvers<number>();
  const module = hostModule("ended", {
    f: {
      types: "(i32) -> i32",
      call: (x) => {
        postMessage(null);
        return way === 0 ? never : x;
      },
    },
  });
  const instance = Instance.open();
  const made = module.create(instance);
  const called = Context.create(instance, [made]).lookupFunction("ended.f");
  held.create(instance, {});
  for (;;) await called.callAsync(1);
}

declare const postMessage: (message: unknown) => void;

const way = new URL(import.meta.url).searchParams.get("way");
if (way !== null) await beEnded(Number(way));
if (import.meta.main) {
  const [operations = 100_000, seed = Date.now()] = Deno.args.map(Number);
  console.log(`seed ${seed}`);
  console.log(await tryRandomHosts(operations, seed, true));
  console.log(runtime.statistics);
}
