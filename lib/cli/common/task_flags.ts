import type { TaskTopologyOptions, TaskWorkerOptions } from "../../../mod.ts";
import type { FlagValues } from "./flags.ts";
import { UsageError } from "./usage_error.ts";

/** Flags that place the workers of `local-task` devices on CPUs. */
export const TASK_TOPOLOGY_FLAGS = {
  task_topology_mode: {
    kind: "text",
    value: "MODE",
    default: "physical_cores",
    help: [
      "How cores get workers: physical_cores, one worker per core. To choose",
      "otherwise, use --task_topology_group_count or --task_topology_cpu_ids.",
    ],
  },
  task_topology_group_count: {
    kind: "text",
    value: "N",
    default: "0",
    help: ["Number of workers, placed by the system; 0 means one per core."],
  },
  task_topology_cpu_ids: {
    kind: "list",
    value: "N,…",
    help: [
      "CPUs, one worker each; repeat for several queues.",
    ],
  },
  task_topology_nodes: {
    kind: "text",
    value: "NODES",
    default: "current",
    help: [
      "NUMA nodes whose cores to use: current (the default), numa (a queue per",
      "node), all (in one queue), or node numbers: 0,2.",
    ],
  },
  task_topology_max_group_count: {
    kind: "text",
    value: "N",
    default: "64",
    help: ["Maximum number of workers per node, up to 256; 64 by default."],
  },
  task_topology_performance_level: {
    kind: "text",
    value: "LEVEL",
    default: "any",
    help: [
      "Cores to use on hybrid CPUs: any (the default), low or efficiency, high",
      "or performance.",
    ],
  },
  task_topology_distribution: {
    kind: "text",
    value: "WAY",
    default: "scatter",
    help: [
      "scatter spreads workers over all caches (the default), compact fills one",
      "cache after the other.",
    ],
  },
  task_topology_favor: {
    kind: "text",
    value: "WHAT",
    default: "",
    help: [
      "latency, throughput or efficiency: sets both flags above.",
    ],
  },
} as const;

/** Flags that configure each worker of `local-task` devices. */
export const TASK_WORKER_FLAGS = {
  task_worker_spin_us: {
    kind: "text",
    value: "N",
    default: "0",
    help: ["Microseconds a worker spins for more work before it sleeps."],
  },
  task_worker_stack_size: {
    kind: "text",
    value: "BYTES",
    default: "131072",
    help: ["Stack size of a worker, at least 32768; 131072 by default."],
  },
  task_worker_local_memory: {
    kind: "text",
    value: "BYTES",
    default: "0",
    help: [
      "Local memory available to a dispatch; 0 (the default) means the size of",
      "the second-level cache.",
    ],
  },
} as const;

/** Largest values that IREE's numeric flags hold. */
const MAX_INT = 0x7fffffff;

/**
 * Converts topology flags to options.
 *
 * @param flags Their values.
 * @returns The options; `undefined` when none of the flags is set.
 */
export function taskTopologyOf(
  flags: FlagValues<typeof TASK_TOPOLOGY_FLAGS>,
): TaskTopologyOptions | undefined {
  const options: TaskTopologyOptions = {
    mode: oneOf("task_topology_mode", flags.task_topology_mode, [
      "physical_cores",
    ]),
    // IREE's flag uses 0 for "not set".
    groupCount: numberOf(
      "task_topology_group_count",
      flags.task_topology_group_count,
      0,
      256,
    ) || undefined,
    cpuIds: cpuIdsOf(flags.task_topology_cpu_ids),
    nodes: nodesOf(flags.task_topology_nodes),
    maxGroupCount: numberOf(
      "task_topology_max_group_count",
      flags.task_topology_max_group_count,
      1,
      256,
    ),
    performanceLevel: oneOf(
      "task_topology_performance_level",
      flags.task_topology_performance_level,
      ["any", "low", "efficiency", "high", "performance"],
    ),
    distribution: oneOf(
      "task_topology_distribution",
      flags.task_topology_distribution,
      ["compact", "scatter"],
    ),
    favor: oneOf("task_topology_favor", flags.task_topology_favor, [
      "latency",
      "throughput",
      "efficiency",
    ]),
  };
  return isGiven(options) ? options : undefined;
}

/**
 * Converts worker flags to options.
 *
 * @param flags Their values.
 * @returns The options; `undefined` when none of the flags is set.
 */
export function taskWorkerOf(
  flags: FlagValues<typeof TASK_WORKER_FLAGS>,
): TaskWorkerOptions | undefined {
  const options: TaskWorkerOptions = {
    spinMicroseconds: numberOf(
      "task_worker_spin_us",
      flags.task_worker_spin_us,
      0,
      MAX_INT,
    ),
    stackSize: numberOf(
      "task_worker_stack_size",
      flags.task_worker_stack_size,
      32768,
      MAX_INT,
    ),
    localMemory: numberOf(
      "task_worker_local_memory",
      flags.task_worker_local_memory,
      0,
      MAX_INT,
    ),
  };
  return isGiven(options) ? options : undefined;
}

function isGiven(options: object): boolean {
  return Object.values(options).some((value) => value !== undefined);
}

function cpuIdsOf(values: readonly string[]): number[][] | undefined {
  if (values.length === 0) return undefined;
  return values.map((value) => numbersOf("task_topology_cpu_ids", value));
}

function nodesOf(value: string | undefined): TaskTopologyOptions["nodes"] {
  switch (value) {
    case undefined:
      return undefined;
    case "":
      return "current";
    case "current":
    case "numa":
    case "all":
      return value;
    default:
      return numbersOf("task_topology_nodes", value);
  }
}

function numbersOf(name: string, text: string): number[] {
  return text.split(",").map((part) => parseNumber(name, part, 0, MAX_INT));
}

function numberOf(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  return text === undefined ? undefined : parseNumber(name, text, least, most);
}

function parseNumber(
  name: string,
  text: string,
  least: number,
  most: number,
): number {
  const trimmed = text.trim();
  const value = /^(\d+|0x[\da-f]+)$/i.test(trimmed) ? Number(trimmed) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `flag '${name}' must be an integer from ${least} to ${most}, got '${text}'`,
  );
}

// Like IREE, treats an empty value as absent.
function oneOf<Name extends string>(
  flag: string,
  value: string | undefined,
  names: readonly Name[],
): Name | undefined {
  if (!value) return undefined;
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UsageError(
    `unrecognized --${flag}= value '${value}'; must be ${names.join(", ")}`,
  );
}
