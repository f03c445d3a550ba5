import type { TaskOptions } from "../../ffi/task_topology.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { checkAllocators } from "./allocators.ts";
import {
  type TaskTopologyOptions,
  type TaskWorkerOptions,
  toTaskOptions,
} from "./task_topology.ts";

/** Options for creating devices. */
export interface DeviceOptions {
  /**
   * Allocators to wrap each device's allocator in, one around the other:
   *
   * - `caching` keeps freed memory, without limit;
   * - `caching:heap=bytes;total;count,…` limits the cache of a heap: bytes of
   *   an allocation, of all allocations, and the number of free ones; `*` is
   *   any heap, or no limit;
   * - `debug` fills new memory with a pattern. Slow.
   *
   * Not supported by `vulkan` devices.
   */
  allocators?: readonly string[] | undefined;
  /** Placement of workers; `local-task` devices only. */
  topology?: TaskTopologyOptions | undefined;
  /** Properties of each worker; `local-task` devices only. */
  worker?: TaskWorkerOptions | undefined;
}

const OPTIONS: OptionNames<DeviceOptions> = {
  allocators: true,
  topology: true,
  worker: true,
};

/** Checked options. */
export interface CheckedDeviceOptions {
  /** Specifications of allocators. */
  readonly specs: readonly string[];
  /** Workers; `undefined` for IREE's defaults. */
  readonly task: TaskOptions | undefined;
}

/**
 * Checks options for creating devices, and the parameters in URIs.
 *
 * @param options The options.
 * @param uris URIs of the devices.
 */
export function checkDeviceOptions(
  options: DeviceOptions | undefined,
  uris: readonly string[],
): CheckedDeviceOptions {
  const { allocators = [], topology, worker } = readOptions(options, OPTIONS);
  uris.forEach(refuseParameters);
  const specs = checkAllocators(allocators, uris);
  const task = topology === undefined && worker === undefined
    ? undefined
    : toTaskOptions(topology, worker);
  if (task === undefined || uris.some(isLocalTask)) return { specs, task };
  throw new IreeError(
    "INVALID_ARGUMENT",
    `topology and worker apply only to local-task devices, got ${
      uris.join(", ")
    }`,
  );
}

function isLocalTask(uri: string): boolean {
  return uri === "local-task" || uri.startsWith("local-task://");
}

/** URIs of devices whose driver ignores parameters. */
const IGNORED_PARAMETERS = /^(local-sync|local-task|null):\/\/[^?]*\?/;

function refuseParameters(uri: string): void {
  const driver = IGNORED_PARAMETERS.exec(uri)?.[1];
  if (driver === undefined) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `device '${uri}': the driver '${driver}' takes no parameters`,
    driver === "local-task"
      ? { hint: "its workers are set by the options topology and worker" }
      : undefined,
  );
}
