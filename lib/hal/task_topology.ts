import {
  readTaskTopologies,
  type TaskOptions,
  type TaskTopology,
  type TaskTopologyGroup,
  type ThreadAffinity,
} from "../../ffi/task_topology.ts";
import { copyArray, isArray, toInteger, toName } from "../base/checks.ts";
import { quoteValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";

export type { TaskTopology, TaskTopologyGroup, ThreadAffinity };

/**
 * Placement of the workers of `local-task` devices on CPUs.
 *
 * The first option that is set decides: `cpuIds`, `groupCount`, or else one
 * worker for each core of the `nodes`. Options without effect next to it are
 * rejected.
 */
export interface TaskTopologyOptions {
  /** Number of workers, from 1 to 256; the system places them. */
  groupCount?: number | undefined;
  /** Logical CPUs, one worker each; each of several sets gets a queue. */
  cpuIds?: readonly number[] | readonly (readonly number[])[] | undefined;
  /**
   * Cores that get workers: of the NUMA node of the calling thread, of each
   * node (with a queue each), of all nodes together, or of the listed nodes.
   *
   * @default {"current"}
   */
  nodes?: "current" | "numa" | "all" | readonly number[] | undefined;
  /**
   * How to choose cores; there is only one way.
   *
   * @default {"physical_cores"}
   */
  mode?: "physical_cores" | undefined;
  /**
   * Maximum number of workers on a node, from 1 to 256.
   *
   * @default {64}
   */
  maxGroupCount?: number | undefined;
  /**
   * Which cores to use on CPUs with different kinds.
   *
   * @default {"any"}
   */
  performanceLevel?:
    | "any"
    | "low"
    | "efficiency"
    | "high"
    | "performance"
    | undefined;
  /**
   * Whether to fill one cache after the other with workers (`compact`), or to
   * distribute workers over all caches (`scatter`).
   *
   * @default {"scatter"}
   */
  distribution?: "compact" | "scatter" | undefined;
  /** Sets both of the above for a purpose. */
  favor?: "latency" | "throughput" | "efficiency" | undefined;
}

/** Properties of each worker of `local-task` devices. */
export interface TaskWorkerOptions {
  /**
   * Microseconds to look for more work before sleeping. Values other than 0 use
   * more power and slow down other programs.
   *
   * @default {0}
   */
  spinMicroseconds?: number | undefined;
  /**
   * Stack size in bytes; at least 32 KiB.
   *
   * @default {131072}
   */
  stackSize?: number | undefined;
  /**
   * Bytes of memory that programs can request in a dispatch; 0 for the size of
   * the second-level cache.
   *
   * @default {0}
   */
  localMemory?: number | undefined;
}

/** `iree_task_topology_performance_level_t` */
const PERFORMANCE_LEVELS = {
  any: 0,
  low: 1,
  efficiency: 1,
  high: 2,
  performance: 2,
} as const;

/** `iree_task_topology_distribution_t` */
const DISTRIBUTIONS = { compact: 0, scatter: 1 } as const;

const FAVORS = {
  latency: { performanceLevel: "high", distribution: "compact" },
  throughput: { performanceLevel: "any", distribution: "scatter" },
  efficiency: { performanceLevel: "low", distribution: "compact" },
} as const;

const MODES = { physical_cores: true } as const;

/** `IREE_TASK_TOPOLOGY_MAX_GROUP_COUNT` */
const MAX_GROUP_COUNT = 256;

/**
 * Maximum of IREE's flags; more bytes or microseconds would be useless anyway.
 */
const MAX_INT = 0x7fffffff;

/** `IREE_TASK_WORKER_MIN_STACK_SIZE`; IREE raises smaller values to it. */
const MIN_STACK_SIZE = 32 * 1024;

/**
 * Lists where the workers of `local-task` devices are placed with these
 * options.
 *
 * @example One worker on CPU 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 * import { listTaskTopologies } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * const [topology] = listTaskTopologies(instance, { cpuIds: [0] });
 * assertEquals(topology.groups.map((group) => group.processor), [0]);
 * ```
 *
 * @param instance The instance.
 * @param options The options.
 * @returns A topology for each queue of such a device; throws OUT_OF_RANGE for
 * a CPU and INVALID_ARGUMENT for a node that does not exist.
 */
export function listTaskTopologies(
  instance: Instance,
  options?: TaskTopologyOptions,
): TaskTopology[] {
  handleOf(instance);
  return readTaskTopologies(toTaskOptions(options));
}

/**
 * Checks options and fills in IREE's defaults.
 *
 * @param topology Placement of workers.
 * @param worker Properties of each worker.
 */
export function toTaskOptions(
  topologyOptions?: TaskTopologyOptions,
  workerOptions?: TaskWorkerOptions,
): TaskOptions {
  const topology = readOptions(topologyOptions, TOPOLOGY_OPTIONS, "topology");
  const worker = readOptions(workerOptions, WORKER_OPTIONS, "worker");
  refuseIneffective(topology);
  const { groupCount, maxGroupCount = 64, mode, favor } = topology;
  const { spinMicroseconds = 0, stackSize = 128 * 1024, localMemory = 0 } =
    worker;
  choose("mode", MODES, mode ?? "physical_cores");
  const { performanceLevel = "any", distribution = "scatter" } =
    favor === undefined ? topology : choose("favor", FAVORS, favor);
  return {
    groupCount: groupCount === undefined
      ? 0
      : toInteger("groupCount", groupCount, 1, MAX_GROUP_COUNT),
    maxGroupCount: toInteger(
      "maxGroupCount",
      maxGroupCount,
      1,
      MAX_GROUP_COUNT,
    ),
    performanceLevel: choose(
      "performanceLevel",
      PERFORMANCE_LEVELS,
      performanceLevel,
    ),
    distribution: choose("distribution", DISTRIBUTIONS, distribution),
    spinMicroseconds: toInteger(
      "spinMicroseconds",
      spinMicroseconds,
      0,
      MAX_INT,
    ),
    stackSize: toInteger("stackSize", stackSize, MIN_STACK_SIZE, MAX_INT),
    localMemory: toInteger("localMemory", localMemory, 0, MAX_INT),
    nodes: toNodes(topology.nodes ?? "current"),
    cpuSets: topology.cpuIds === undefined ? [] : toCpuSets(topology.cpuIds),
  };
}

const TOPOLOGY_OPTIONS: OptionNames<TaskTopologyOptions> = {
  groupCount: true,
  cpuIds: true,
  nodes: true,
  mode: true,
  maxGroupCount: true,
  performanceLevel: true,
  distribution: true,
  favor: true,
};

const WORKER_OPTIONS: OptionNames<TaskWorkerOptions> = {
  spinMicroseconds: true,
  stackSize: true,
  localMemory: true,
};

/** Options without effect next to another one. */
const INEFFECTIVE: readonly [
  keyof TaskTopologyOptions,
  readonly (keyof TaskTopologyOptions)[],
][] = [
  ["cpuIds", [
    "groupCount",
    "nodes",
    "mode",
    "maxGroupCount",
    "performanceLevel",
    "distribution",
    "favor",
  ]],
  ["groupCount", [
    "nodes",
    "mode",
    "maxGroupCount",
    "performanceLevel",
    "distribution",
    "favor",
  ]],
  ["favor", ["performanceLevel", "distribution"]],
];

function refuseIneffective(options: TaskTopologyOptions): void {
  for (const [decisive, others] of INEFFECTIVE) {
    if (options[decisive] === undefined) continue;
    const other = others.find((name) => options[name] !== undefined);
    if (other === undefined) continue;
    throw refused(`${other} has no effect beside ${decisive}; leave one out`);
  }
}

function toNodes(nodes: NonNullable<TaskTopologyOptions["nodes"]>): string {
  if (nodes === "current" || nodes === "numa" || nodes === "all") return nodes;
  if (!isArray(nodes) || nodes.length === 0) {
    throw refused(
      `nodes must be current, numa, all or an array of NUMA nodes, got ` +
        quoteValue(nodes),
    );
  }
  return copyArray(
    "nodes",
    nodes,
    (node) => toInteger("a node", node as number, 0, MAX_INT),
  ).join(",");
}

function toCpuSets(
  ids: NonNullable<TaskTopologyOptions["cpuIds"]>,
): readonly (readonly number[])[] {
  const given = copyArray<number | readonly number[]>(
    "cpuIds",
    ids,
    (it) => isArray(it) || toInteger("a processor", it, 0, MAX_INT),
  );
  const sets = given.some(isArray) ? given : [given as number[]];
  return sets.map((set) => {
    if (!isArray(set) || set.length === 0) {
      throw refused(
        "cpuIds must name processors, or sets of at least one of them",
      );
    }
    return copyArray(
      "a set of processors",
      set as readonly number[],
      (id) => toInteger("a processor", id, 0, MAX_INT),
    );
  });
}

function choose<Table extends object, Name extends keyof Table>(
  what: string,
  table: Table,
  name: Name,
): Table[Name] {
  toName(what, name as string, Object.keys(table));
  return table[name];
}

function refused(detail: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", detail);
}
