/**
 * How the workers of local-task devices are spread over processors.
 *
 * @module
 */

import type { RecordReader } from "./base/record.ts";
import { encodeText } from "./base/text.ts";
import { native } from "./library/library.ts";
import { readRecord } from "./library/status.ts";

/** What native code takes; see `iree_ffi_device_group_create`. */
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

/** Packs options as `iree_ffi.h` defines it. */
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
      nodes.length,
    ]),
    nodes,
    packNumbers([
      options.cpuSets.length,
      ...options.cpuSets.flatMap((set) => [set.length, ...set]),
    ]),
  ];
  const record = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let offset = 0;
  for (const part of parts) {
    record.set(part, offset);
    offset += part.length;
  }
  return record;
}

function packNumbers(numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

/** Processors that the workers of one queue of a local-task device run on. */
export interface TaskTopology {
  /** The NUMA node that all of them are on; `undefined` when they are not. */
  readonly node: number | undefined;
  /** One worker each. */
  readonly groups: readonly TaskTopologyGroup[];
}

/** Where one worker runs. */
export interface TaskTopologyGroup {
  /** Which worker of its topology it is, from 0. */
  readonly ordinal: number;
  /** Name of its thread. */
  readonly name: string;
  /** The logical processor, as the system counts them. */
  readonly processor: number;
  /** What the system knows the processor by; empty when it has no such ids. */
  readonly hardwareIds: string;
  /** What its thread is bound to; `undefined` when the system may move it. */
  readonly affinity: ThreadAffinity | undefined;
  /** Bytes of the processor's caches; 0 where that is not known. */
  readonly caches: {
    readonly l1Data: number;
    readonly l2Data: number;
    readonly l3Data: number;
  };
  /**
   * Ordinals of the workers whose processors share its last cache, its own
   * among them; `"all"` also when nothing is known about caches.
   */
  readonly sharing: readonly number[] | "all";
}

/** What a thread is bound to. */
export interface ThreadAffinity {
  /** The NUMA node. */
  readonly group: number;
  /** The processor; `undefined` for any of the node. */
  readonly id: number | undefined;
  /** Whether it has all threads of the processor's core for itself. */
  readonly smt: boolean;
}

/** `IREE_TASK_TOPOLOGY_NODE_ID_ANY`, and a worker that shares with all. */
const ANY = 0xffffffff;

/** Reads how workers would be spread. */
export function readTaskTopologies(options: TaskOptions): TaskTopology[] {
  const task = packTaskOptions(options);
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_task_topologies(task, task.length, buffer, capacity)
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
  return Array.from({ length: count }, () => record.u32());
}
