import { assert, assertEquals, assertThrows } from "@std/assert";
import { formatTopologies } from "../../lib/cli/common/device_text.ts";
import {
  Device,
  type DeviceOptions,
  Instance,
  IreeError,
  load,
  type StatusCode,
  type TaskTopologyOptions,
  type TaskWorkerOptions,
} from "../../mod.ts";
import { listTaskTopologies } from "../../lib/tooling/mod.ts";
import type {
  TopologiesOrder,
  TopologiesReport,
} from "../ownership/workers/topologies.ts";
import { mustRun, program, test, tool } from "../support.ts";
import { waitUntilLive } from "../waiting.ts";

const twoDevices = await program("two_devices.mlir");

/** Options, and the equivalent flags of `iree-run-module`. */
const SAME: readonly (readonly [TaskTopologyOptions, readonly string[]])[] = [
  [{}, []],
  [{ mode: "physical_cores" }, ["mode=physical_cores"]],
  [{ groupCount: 1 }, ["group_count=1"]],
  [{ groupCount: 7 }, ["group_count=7"]],
  [{ groupCount: 256 }, ["group_count=256"]],
  [{ cpuIds: [0] }, ["cpu_ids=0"]],
  [{ cpuIds: [[0]] }, ["cpu_ids=0"]],
  [{ cpuIds: [[0], [0, 0]] }, ["cpu_ids=0", "cpu_ids=0,0"]],
  [{ nodes: "current" }, ["nodes=current"]],
  [{ nodes: "numa" }, ["nodes=numa"]],
  [{ nodes: "all" }, ["nodes=all"]],
  [{ nodes: [0] }, ["nodes=0"]],
  [{ maxGroupCount: 1 }, ["max_group_count=1"]],
  [{ performanceLevel: "any" }, ["performance_level=any"]],
  [{ performanceLevel: "low" }, ["performance_level=low"]],
  [{ performanceLevel: "performance" }, ["performance_level=performance"]],
  [{ distribution: "compact" }, ["distribution=compact"]],
  [{ distribution: "scatter", nodes: "all" }, [
    "distribution=scatter",
    "nodes=all",
  ]],
  [{ favor: "latency" }, ["favor=latency"]],
  [{ favor: "throughput" }, ["favor=throughput"]],
  [{ favor: "efficiency" }, ["favor=efficiency"]],
];

for (const [options, flags] of SAME) {
  test(`Workers are placed as by IREE: ${JSON.stringify(options)}`, async () => {
    const printed = await mustRun(tool("iree-run-module"), [
      ...flags.map((flag) => `--task_topology_${flag}`),
      "--dump_task_topologies",
    ]);
    using instance = Instance.open();
    const topologies = listTaskTopologies(instance, options);
    assertEquals(formatTopologies(topologies), printed);
  });
}

/** Workers for a CPU that is named three times; on Windows IREE counts it once. */
const THREE_TIMES = Deno.build.os === "windows" ? 1 : 3;

/** Options, and the workers in each queue of the device. */
const EFFECTS: readonly (readonly [TaskTopologyOptions, number[]])[] = [
  [{ groupCount: 1 }, [1]],
  [{ groupCount: 5 }, [5]],
  [{ groupCount: 64 }, [64]],
  [{ cpuIds: [0] }, [1]],
  [{ cpuIds: [[0, 0, 0], [0]] }, [THREE_TIMES, 1]],
  [{ maxGroupCount: 1 }, [1]],
];

for (const [topology, workers] of EFFECTS) {
  test(`A device has the requested workers: ${JSON.stringify(topology)}`, () => {
    using instance = Instance.open();
    using device = Device.create(instance, "local-task", { topology });
    assertEquals(workersOf(device), [workers.length, workers[0]]);
    assertEquals(
      listTaskTopologies(instance, topology).map(({ groups }) => groups.length),
      workers,
    );
  });
}

test("Devices do not share options", () => {
  using instance = Instance.open();
  using first = Device.create(instance, "local-task");
  const before = workersOf(first);
  {
    using device = Device.create(instance, "local-task", {
      topology: { groupCount: 9 },
    });
    assertEquals(workersOf(device), [1, 9]);
    using other = Device.create(instance, "local-task");
    assertEquals(workersOf(other), before);
  }
  using last = Device.create(instance, "local-task");
  assertEquals(workersOf(last), before);
});

test("Isolates do not share device options", async () => {
  const url = new URL("../ownership/workers/topologies.ts", import.meta.url);
  const counts = [1, 3, 6];
  const reports = await Promise.all(counts.map((groupCount) => {
    const worker = new Worker(url, { type: "module" });
    const order: TopologiesOrder = { times: 5, groupCount };
    worker.postMessage(order);
    return new Promise<TopologiesReport>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
  }));
  assertEquals(
    reports,
    counts.map((count) => Array.from({ length: 5 }, () => count)),
  );
  // A worker's objects are released when its thread ends, a little later.
  await waitUntilLive();
});

test("Programs run on devices with separate workers", () => {
  const tried: DeviceOptions[] = [
    { topology: { groupCount: 1 } },
    { topology: { groupCount: 40 } },
    { topology: { cpuIds: [[0], [0]] } },
    { topology: { favor: "latency" } },
    {
      worker: { spinMicroseconds: 50, stackSize: 1 << 20, localMemory: 4096 },
    },
  ];
  using instance = Instance.open();
  for (const options of tried) {
    using stack = new DisposableStack();
    const uris = ["local-task", "local-task"];
    const device = Device.createGroup(instance, uris, options)
      .map((it) => stack.use(it));
    using loaded = load({ modules: [twoDevices], device });
    using view = loaded.call("from_constants") as
      & Disposable
      & { format(): string };
    assertEquals(view.format(), "4xf32=12 48 108 192");
  }
});

test("local-task devices of a group have the requested workers", () => {
  using instance = Instance.open();
  using stack = new DisposableStack();
  const [sync, task] = Device.createGroup(
    instance,
    ["local-sync", "local-task://"],
    { topology: { groupCount: 3 } },
  ).map((it) => stack.use(it));
  assertEquals(workersOf(task), [1, 3]);
  assertEquals(workersOf(sync), [1, 1]);
});

test("Workers have the requested stack size", async () => {
  const stackSize = 48 * 1024 * 1024;
  using instance = Instance.open();
  using _device = Device.create(instance, "local-task", {
    topology: { groupCount: 2 },
    worker: { stackSize },
  });
  const maps = await Deno.readTextFile("/proc/self/maps");
  const found = [...maps.matchAll(/^([\da-f]+)-([\da-f]+) rw-p/gm)].filter(
    ([, start, end]) => parseInt(end, 16) - parseInt(start, 16) === stackSize,
  );
  assert(found.length >= 2, `${found.length} stacks of ${stackSize} bytes`);
});

/** Rejected options, with part of the message. */
const REFUSED: readonly [TaskTopologyOptions, string][] = [
  [{ groupCount: 0 }, "groupCount must be an integer from 1 to 256"],
  [{ groupCount: 257 }, "from 1 to 256, got 257"],
  [{ groupCount: -1 }, "from 1 to 256, got -1"],
  [{ groupCount: 1.5 }, "from 1 to 256, got 1.5"],
  [{ groupCount: NaN }, "from 1 to 256, got NaN"],
  [{ groupCount: "2" as unknown as number }, "groupCount must be"],
  [{ maxGroupCount: 0 }, "maxGroupCount must be an integer from 1 to 256"],
  [{ maxGroupCount: 1000 }, "got 1000"],
  [{ cpuIds: [] }, "cpuIds must name processors"],
  [{ cpuIds: [[]] }, "cpuIds must name processors"],
  [{ cpuIds: [[0], []] }, "cpuIds must name processors"],
  [{ cpuIds: [0, [0]] as unknown as number[] }, "cpuIds must name"],
  [{ cpuIds: 0 as unknown as number[] }, "cpuIds must be an array"],
  [{ cpuIds: [-1] }, "a processor must be an integer"],
  [{ nodes: [] }, "nodes must be current, numa, all or an array"],
  [{ nodes: "some" as "all" }, "of NUMA nodes, got 'some'"],
  [{ nodes: [0.5] }, "a node must be an integer"],
  [{ nodes: [999] }, "NUMA node id 999 is not present on this machine"],
  [{ mode: "logical" as "physical_cores" }, "mode must be physical_cores"],
  [{ performanceLevel: "toString" as "any" }, "performanceLevel must be any"],
  [
    { distribution: "both" as "compact" },
    "distribution must be compact or sca",
  ],
  [
    { favor: "speed" as "latency" },
    "favor must be latency or throughput or effi",
  ],
  [{ cpuIds: [0], groupCount: 1 }, "groupCount has no effect beside cpuIds"],
  [{ cpuIds: [0], nodes: "all" }, "nodes has no effect beside cpuIds"],
  [{ groupCount: 1, nodes: [0] }, "nodes has no effect beside groupCount"],
  [{ groupCount: 1, maxGroupCount: 2 }, "maxGroupCount has no effect"],
  [{ favor: "latency", distribution: "compact" }, "no effect beside favor"],
];

test("Inconsistent topologies are rejected", () => {
  using instance = Instance.open();
  for (const [topology, words] of REFUSED) {
    for (
      const act of [
        () => listTaskTopologies(instance, topology),
        () => Device.create(instance, "local-task", { topology }),
      ]
    ) refused(act, "INVALID_ARGUMENT", words);
  }
});

test("A missing CPU is OUT_OF_RANGE", () => {
  using instance = Instance.open();
  for (const cpuIds of [[100_000], [[0], [100_000]]] as number[][]) {
    refused(
      () => Device.create(instance, "local-task", { topology: { cpuIds } }),
      "OUT_OF_RANGE",
      "100000 out of bounds, only",
    );
  }
});

test("More workers or queues than IREE supports are rejected", () => {
  using instance = Instance.open();
  const create = (topology: TaskTopologyOptions): Device =>
    Device.create(instance, "local-task", { topology });
  refused(
    () => create({ cpuIds: Array.from({ length: 17 }, () => [0]) }),
    "RESOURCE_EXHAUSTED",
    "at most 16 topologies",
  );
  refused(
    () => create({ cpuIds: Array.from({ length: 257 }, () => 0) }),
    "RESOURCE_EXHAUSTED",
    "257 CPUs in a set; it has at most 256",
  );
});

test("Invalid workers are rejected", () => {
  const cases: [TaskWorkerOptions, string][] = [
    [{ stackSize: 0 }, "stackSize must be an integer from 32768"],
    [{ stackSize: 32767 }, "got 32767"],
    [{ stackSize: 2 ** 31 }, "to 2147483647, got 2147483648"],
    [{ localMemory: -1 }, "localMemory must be an integer from 0"],
    [{ localMemory: 2 ** 31 }, "got 2147483648"],
    [{ spinMicroseconds: -1 }, "spinMicroseconds must be an integer"],
    [{ spinMicroseconds: Infinity }, "got Infinity"],
  ];
  using instance = Instance.open();
  for (const [worker, words] of cases) {
    refused(
      () => Device.create(instance, "local-task", { worker }),
      "INVALID_ARGUMENT",
      words,
    );
  }
});

test("More memory than available is RESOURCE_EXHAUSTED", () => {
  using instance = Instance.open();
  const topology = { groupCount: 256 };
  refused(
    () =>
      Device.create(instance, "local-task", {
        topology,
        worker: { localMemory: 2 ** 31 - 1 },
      }),
    "RESOURCE_EXHAUSTED",
    "",
  );
});

test("Options of local-task are rejected for other devices", () => {
  using instance = Instance.open();
  for (const options of [{ topology: {} }, { worker: {} }]) {
    refused(
      () => Device.create(instance, "local-sync", options),
      "INVALID_ARGUMENT",
      "only to local-task devices, got local-sync",
    );
  }
});

/** Number of queues, and of workers in the first one. */
function workersOf(device: Device): number[] {
  return ["hal.device", "hal.dispatch"].map((category) =>
    Number(device.queryI64(category, "concurrency"))
  );
}

function refused(act: () => unknown, code: StatusCode, words: string): void {
  assertEquals(assertThrows(act, IreeError, words).code, code, words);
}
