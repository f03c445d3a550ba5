/**
 * Placement of local-task workers on CPUs.
 *
 * @module
 */

import { arrayOf } from "./base/intrinsics.ts";
import { concatenate, type RecordReader } from "./base/record.ts";
import { encodeText } from "./base/text.ts";
import { lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { readRecord } from "./library/status.ts";

/** Options for native code; see `iree_ffi_device_group_create`. */
export interface TaskOptions {
  readonly groupCount: number;
  readonly maxGroupCount: number;
  /** `iree_task_topology_performance_level_t` */
  readonly performanceLevel: number;
  /** `iree_task_topology_distribution_t` */
  readonly distribution: number;
  readonly spinMicroseconds: number;
  readonly stackSize: number;
  readonly localMemory: number;
  readonly nodes: string;
  readonly cpuSets: readonly (readonly number[])[];
}

/** Packs options as defined in `iree_ffi.h`. */
export function packTaskOptions(options: TaskOptions): Uint8Array<ArrayBuffer> {
  const nodes = encodeText(options.nodes, "nodes");
  const parts = [
    packNumbers([
      options.groupCount,
      options.maxGroupCount,
      options.performanceLevel,
      options.distribution,
      options.spinMicroseconds,
      options.stackSize,
      options.localMemory,
      lengthOf(nodes),
    ]),
    nodes,
    packNumbers([
      options.cpuSets.length,
      ...options.cpuSets.flatMap((set) => [set.length, ...set]),
    ]),
  ];
  return concatenate(parts);
}

function packNumbers(numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

/** CPUs for the workers of one queue of a local-task device. */
export interface TaskTopology {
  /** The NUMA node of all workers; `undefined` if they are on several. */
  readonly node: number | undefined;
  /** One entry per worker. */
  readonly groups: readonly TaskTopologyGroup[];
}

/** Placement of one worker. */
export interface TaskTopologyGroup {
  /** Ordinal of the worker in its topology. */
  readonly ordinal: number;
  /** Thread name. */
  readonly name: string;
  /** The logical CPU, numbered as by the system. */
  readonly processor: number;
  /** The system's ids of the CPU; empty if it has none. */
  readonly hardwareIds: string;
  /** The thread's binding; `undefined` if the system may move it. */
  readonly affinity: ThreadAffinity | undefined;
  /** Sizes of the CPU's caches in bytes; 0 if unknown. */
  readonly caches: {
    readonly l1Data: number;
    readonly l2Data: number;
    readonly l3Data: number;
  };
  /**
   * Ordinals of the workers that share its last cache, including its own;
   * `"all"` also if caches are unknown.
   */
  readonly sharing: readonly number[] | "all";
}

/** Binding of a thread. */
export interface ThreadAffinity {
  /** The NUMA node. */
  readonly group: number;
  /** The CPU; `undefined` for any CPU of the node. */
  readonly id: number | undefined;
  /** Whether it has the CPU core to itself. */
  readonly smt: boolean;
}

/** `IREE_TASK_TOPOLOGY_NODE_ID_ANY`, also for a worker that shares with all. */
const ANY = 0xffffffff;

/** Returns how workers would be placed. */
export function readTaskTopologies(options: TaskOptions): TaskTopology[] {
  const task = packTaskOptions(options);
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_task_topologies(task, lengthOf(task), buffer, capacity)
  );
  const topologies: TaskTopology[] = [];
  while (record.u32() === 1) {
    const node = record.u32();
    topologies.push({
      node: node === ANY ? undefined : node,
      groups: record.list(() => readGroup(record)),
    });
  }
  return topologies;
}

function readGroup(record: RecordReader): TaskTopologyGroup {
  return {
    ordinal: record.u32(),
    name: record.string(),
    processor: record.u32(),
    hardwareIds: record.string(),
    affinity: readAffinity(record),
    caches: {
      l1Data: record.u32(),
      l2Data: record.u32(),
      l3Data: record.u32(),
    },
    sharing: readSharing(record),
  };
}

function readAffinity(record: RecordReader): ThreadAffinity | undefined {
  const groupAny = record.u32() !== 0;
  const idAssigned = record.u32() !== 0;
  const group = record.u32();
  const id = record.u32();
  const smt = record.u32() !== 0;
  if (groupAny) return { group, id: undefined, smt };
  return idAssigned ? { group, id, smt } : undefined;
}

function readSharing(record: RecordReader): readonly number[] | "all" {
  const count = record.u32();
  if (count === ANY) return "all";
  return arrayOf(count, () => record.u32());
}
