/**
 * Repeats a piece of work, each time with the next allocation failing, and
 * reports each outcome: `deno run -A allocations.ts TASK`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { failAllocation } from "../ffi/instance.ts";
import {
  BufferView,
  type CallResult,
  Device,
  Instance,
  IreeError,
  List,
  listDevices,
  listDrivers,
  load,
  ParameterIndex,
  ParametersModule,
  runtime,
  type Value,
  type VmRef,
} from "../mod.ts";
import {
  compareTensors,
  copyToHost,
  listTaskTopologies,
  parseTensor,
  Profiling,
  storageOf,
  viewStorageBytes,
  Watchdog,
} from "../lib/tooling/mod.ts";

/** The task, as JSON. */
export interface Task {
  /** Name of the work. */
  readonly work: string;
  /** The first allocation to fail, counted from 1. */
  readonly first: number;
  readonly paths: Paths;
}

/** Paths of the files to load. */
export interface Paths {
  readonly custom: string;
  readonly types: string;
  readonly example: string;
  readonly arithmetic: string;
  readonly tensors: string;
  readonly inlined: string;
  readonly twoDevices: string;
  readonly shapes: string;
  readonly fences: string;
  readonly gate: string;
  readonly model: string;
  /** Weights of the model. */
  readonly weights: string;
}

/** The report: two JSON lines for each allocation that fails. */
export interface Outcome {
  /** Number of the allocation, counted from the start of the work. */
  readonly n: number;
  /**
   * `begun`; then `done`, the error's code, or anything else that was thrown.
   */
  readonly result: string;
  /** Live allocations afterwards. */
  readonly liveBytes: number;
}

/** Objects that a work keeps alive, for later checks. */
const kept: Instance[] = [];

const WORK: Readonly<Record<string, (paths: Paths) => void>> = {
  "the sample": ({ custom, example }) => {
    const modules = [`${custom}@create_custom_module?quiet`, example];
    using loaded = load({ modules, device: "local-sync" });
    loaded.call("main");
  },
  "scalars": ({ arithmetic }) => {
    using loaded = load({ modules: [arithmetic] });
    assertEquals(loaded.call("add_i32", 1, 2), 3);
    assertEquals(loaded.call("mixed", 1, 2n, 3, 4, 5, 6n, 7, 8), [6, 8n, 22]);
  },
  "a mapped program": ({ arithmetic }) => {
    using loaded = load({ modules: [arithmetic], moduleMode: "mmap" });
    assertEquals(loaded.call("add_i64", 1n, 2n), 3n);
  },
  "a failing function": ({ custom, example }) => {
    using loaded = load({ modules: [custom, Deno.readFileSync(example)] });
    try {
      loaded.call("error");
    } catch (error) {
      // The module's own failure, with or without a backtrace.
      if (!`${error}`.includes("fails whenever it is called")) throw error;
    }
  },
  "lists": ({ types }) => {
    using loaded = load({ modules: [types] });
    using instance = Instance.open();
    using counter = loaded.call("counter_create", 1) as VmRef;
    using made = loaded.call("make_list") as List;
    using list = List.from(instance, [1, 2n, 0.5, null, counter, made]);
    list.push(7);
    assertEquals(loaded.call("list_size", list), 7);
  },
  "tensors on local-sync": ({ types, tensors }) => {
    doubled([types, tensors], "local-sync");
  },
  "tensors on local-task": ({ types, tensors }) => {
    doubled([types, tensors], "local-task");
  },
  "data for tensors": ({ shapes }) => {
    using device = createDevice("local-sync");
    using loaded = load({ modules: [shapes], device });
    using view = BufferView.from(device, new Float32Array([1, 2]));
    view.write(new Float32Array([3]), 1);
    assertEquals(numbersOf(loaded.call("vector", view)), [2, 6]);
    assertEquals(numbersOf(loaded.call("vector", [1, 2, 3])), [2, 4, 6]);
    for (const result of loaded.call("several", [1, 2], 3) as Value[]) {
      if (result instanceof BufferView) result.dispose();
    }
  },
  "functions that signal fences": ({ fences }) => {
    using loaded = load({ modules: [fences], device: "local-sync" });
    const data = new Float32Array([1, 2, 3, 4]);
    assertEquals(numbersOf(loaded.call("mul", data, data)), [1, 4, 9, 16]);
  },
  "a model": ({ model, weights }) => {
    using loaded = load({
      modules: [model],
      parameters: `model=${weights}`,
      device: "local-sync",
    });
    using view = loaded.call("block", new Float32Array(256)) as BufferView;
    assertEquals(view.shape, [8, 32]);
  },
  "parameters": () => {
    using instance = Instance.open();
    using index = ParameterIndex.create(instance);
    const metadata = new Uint8Array([1]);
    index.addData("data", new Float32Array([1, 2]), { metadata });
    index.addSplat("splat", 16, new Float64Array([0.5]));
    index.addFrom(index, "data", "again");
    const path = Deno.makeTempFileSync({ suffix: ".irpa" });
    try {
      index.writeArchive(path, { expand: ["splat"] });
      for (const mode of ["file", "preload", "mmap"] as const) {
        using archive = ParameterIndex.fromFile(instance, path, { mode });
        assertEquals(archive.read("splat"), index.read("splat"));
        const providers = [index, archive]
          .map((it, i) => ({ scope: `${i}`, index: it }));
        using _module = ParametersModule.create(instance, providers);
      }
    } finally {
      Deno.removeSync(path);
    }
  },
  "devices with options": ({ twoDevices }) => {
    using instance = Instance.open();
    using stack = new DisposableStack();
    const device = Device.createGroup(instance, ["local-task", "local-sync"], {
      allocators: ["debug", "caching", "caching:*=1mib;*;4"],
      topology: { cpuIds: [[0], [0, 0]] },
      worker: { localMemory: 4096 },
    }).map((it) => stack.use(it));
    using loaded = load({ modules: [twoDevices], device });
    assertEquals(numbersOf(loaded.call("from_constants")), [12, 48, 108, 192]);
    for (const it of device) {
      it.waitIdle();
      it.trim();
      assertEquals(it.formatStatistics().split("\n").length, 4);
      assertEquals(it.memoryHeaps.length, 1);
    }
  },
  "lists of drivers and devices": () => {
    using instance = Instance.open();
    assertEquals(listDrivers(instance).length, 5);
    for (const driver of ["local-sync", "local-task"]) {
      assertEquals(
        listDevices(instance, driver, { details: true }).length,
        1,
      );
    }
    assertEquals(
      listTaskTopologies(instance, { cpuIds: [0] })[0].groups.length,
      1,
    );
  },
  "what tools do": () => {
    using instance = Instance.open();
    using device = createDevice("local-sync");
    using tensor = parseTensor(device, "2x2xf32=[[1 2][3 4]]");
    using expected = parseTensor(instance, "2x2xf32=1 2 3 5");
    using list = List.from(instance, [tensor]);
    copyToHost(list, device);
    assertEquals(typeof compareTensors(expected, tensor), "string");
    using storage = storageOf(tensor);
    using bytes = viewStorageBytes(storage);
    assertEquals(bytes.byteLength, 16);
    using profiling = Profiling.begin(device);
    profiling.end();
    using _watchdog = Watchdog.start(instance, 1e9, "never\n");
  },
  "several references": ({ gate }) => {
    using loaded = load({ modules: [gate], device: "local-sync" });
    const references = loaded.call("fences") as VmRef[];
    for (const reference of references) reference.dispose();
  },
  "memory without a copy": () => {
    using instance = Instance.open();
    using device = Device.create(instance, "local-sync");
    const array = BufferView.alignedArray(instance, "f32", 4);
    using view = BufferView.import(device, array);
    using mapping = view.map();
    assertEquals(mapping.array, new Float32Array(4));
  },
  "modules without a device": ({ inlined }) => {
    using _loaded = load({ modules: [inlined] });
  },
  // The observation that the test needs.
  "a crash": () => {
    try {
      Instance.open().dispose();
    } catch {
      Deno.kill(Deno.pid, "SIGKILL");
    }
  },
  "a leak": () => {
    try {
      Instance.open().dispose();
    } catch (error) {
      kept.push(Instance.open());
      throw error;
    }
  },
};

function doubled(modules: string[], device: string): void {
  using loaded = load({ modules, device });
  using view = loaded.call("doubled") as BufferView;
  assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
}

function createDevice(uri: string): Device {
  using instance = Instance.open();
  return Device.create(instance, uri);
}

/** Reads the numbers of a result. */
function numbersOf(result: CallResult): unknown {
  using view = result as BufferView;
  return view.toNestedArray();
}

/** Does the work with the nth allocation failing. */
function attempt(work: () => void, n: number): string {
  failAllocation(n);
  try {
    work();
    return "done";
  } catch (error) {
    return error instanceof IreeError ? error.code : `${error}`;
  } finally {
    failAllocation(0);
  }
}

// Written immediately, since the next step may crash.
function report(outcome: Outcome): void {
  const line = `${JSON.stringify(outcome)}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

if (import.meta.main) {
  const { work, first, paths } = JSON.parse(Deno.args[0]) as Task;
  Instance.open().dispose(); // opens the library
  // Repeated, because a stale register or stack slot may hide a single leak
  // from the sanitizer.
  for (let round = 0; round < 3; round++) {
    for (let n = first;; n++) {
      report({ n, result: "begun", liveBytes: 0 });
      const before = runtime.statistics.totalAllocations;
      const result = attempt(() => WORK[work](paths), n);
      const { liveBytes, totalAllocations } = runtime.statistics;
      report({ n, result, liveBytes });
      // The work made fewer allocations than that, so none failed.
      if (totalAllocations - before < n - 1) break;
      while (kept.length > 0) kept.pop()?.dispose();
    }
  }
}
