import {
  createDeviceGroup,
  deviceId,
  deviceMemoryHeaps,
  deviceStatistics,
  formatDeviceStatistics,
  type MemoryHeap,
  queryDevice,
  trimDevice,
  waitDeviceIdle,
} from "../../ffi/device.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { copyArray, toText } from "../base/checks.ts";
import { checkSignal, untilAborted } from "../base/deadline.ts";
import { describeNumber, describeValue } from "../base/describe.ts";
import type { Facts } from "../base/description.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { checkAllocators } from "./allocators.ts";
import { withDriver } from "./driver_errors.ts";
import {
  type TaskTopologyOptions,
  type TaskWorkerOptions,
  toTaskOptions,
} from "./task_topology.ts";

export type { MemoryHeap };

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

/** An allocator's statistics since its creation, in bytes. */
export interface AllocatorStatistics {
  /** Maximum of live host memory. */
  readonly hostBytesPeak: number;
  /** Total host memory allocated. */
  readonly hostBytesAllocated: number;
  /** Total host memory freed. */
  readonly hostBytesFreed: number;
  /** Live host memory. */
  readonly hostBytesLive: number;
  /** Maximum of live device memory. */
  readonly deviceBytesPeak: number;
  /** Total device memory allocated. */
  readonly deviceBytesAllocated: number;
  /** Total device memory freed. */
  readonly deviceBytesFreed: number;
  /** Live device memory. */
  readonly deviceBytesLive: number;
}

/** Maximum timeout in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

const OPTIONS: OptionNames<DeviceOptions> = {
  allocators: true,
  topology: true,
  worker: true,
};

let isMade: (value: unknown) => value is Device;

/**
 * Milliseconds that `waitIdleAsync` blocks before it yields to the event loop.
 */
const TURN = 1;

/** URIs of devices whose driver ignores parameters. */
const IGNORED_PARAMETERS = /^(local-sync|local-task|null):\/\/[^?]*\?/;

/**
 * A device that programs run on, created from its URI:
 * `driver[://path][?params]`, such as `local-sync`, `local-task` or `vulkan`.
 * Belongs to the isolate that created it.
 *
 * Create devices that a program uses together as a group: only then can one
 * wait for the work of another.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * assertEquals(device.uri, "local-sync");
 * ```
 */
export class Device extends NativeObject {
  /** The URI it was created with. */
  readonly uri: string;
  readonly #ordinal: number;
  readonly #groupSize: number;
  #id: string | undefined;

  private constructor(
    group: Handle,
    uri: string,
    ordinal: number,
    groupSize: number,
  ) {
    super(group);
    this.uri = uri;
    this.#ordinal = ordinal;
    this.#groupSize = groupSize;
  }

  /**
   * Creates a device in its own group. May load system drivers and take a
   * while.
   *
   * @param instance The instance.
   * @param uri The device's URI.
   * @param options Allocators, workers.
   * @returns The device; throws NOT_FOUND if the driver does not exist.
   */
  static create(
    instance: Instance,
    uri: string,
    options?: DeviceOptions,
  ): Device {
    return Device.createGroup(instance, [uri], options)[0]!;
  }

  /**
   * Creates devices to be used together. Naming a driver twice creates two
   * separate devices.
   *
   * @param instance The instance.
   * @param uris Device URIs, in the order in which programs number them.
   * @param options Allocators, workers.
   * @returns The devices in the same order, each to be disposed; throws
   * NOT_FOUND if a driver does not exist.
   */
  static createGroup(
    instance: Instance,
    uris: readonly string[],
    options?: DeviceOptions,
  ): Device[] {
    const names = copyArray(
      "uris",
      uris,
      (uri) => toText("the URI of a device", uri),
    );
    if (names.length === 0) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "uris must be an array of at least one URI of a device, got none",
      );
    }
    const { allocators = [], topology, worker } = readOptions(options, OPTIONS);
    names.forEach(refuseParameters);
    const specs = checkAllocators(allocators, names);
    const task = topology === undefined && worker === undefined
      ? undefined
      : toTaskOptions(topology, worker);
    if (task !== undefined && !names.some(isLocalTask)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "topology and worker are options of local-task devices; there is " +
          `none among ${names.join(", ")}`,
      );
    }
    const group = withDriver(() =>
      createDeviceGroup(
        handleOf(instance),
        names,
        specs,
        task,
      )
    );
    groupUris.set(group, names);
    return names.map((uri, ordinal) =>
      new Device(
        ordinal === 0 ? group : group.retain(),
        uri,
        ordinal,
        names.length,
      )
    );
  }

  static {
    isMade = (value): value is Device =>
      typeof value === "object" && value !== null && #groupSize in value;
  }

  /** Ordinal of the device in its group, from 0. */
  get ordinal(): number {
    return this.#ordinal;
  }

  /** Number of devices in its group. */
  get groupSize(): number {
    return this.#groupSize;
  }

  /** The id that the driver assigned to the device. */
  get id(): string {
    return this.#id ??= deviceId(handleOf(this), this.#ordinal);
  }

  /**
   * Allocation statistics of the device. On CPU devices they include
   * allocations by programs, for results and while they run.
   */
  get statistics(): AllocatorStatistics {
    const [
      hostBytesPeak,
      hostBytesAllocated,
      hostBytesFreed,
      deviceBytesPeak,
      deviceBytesAllocated,
      deviceBytesFreed,
    ] = deviceStatistics(handleOf(this), this.#ordinal);
    return {
      hostBytesPeak,
      hostBytesAllocated,
      hostBytesFreed,
      hostBytesLive: hostBytesAllocated - hostBytesFreed,
      deviceBytesPeak,
      deviceBytesAllocated,
      deviceBytesFreed,
      deviceBytesLive: deviceBytesAllocated - deviceBytesFreed,
    };
  }

  /**
   * Formats the statistics like `iree-run-module --print_statistics`.
   *
   * @returns Lines, each with a line break.
   */
  formatStatistics(): string {
    return "[[ iree_hal_allocator_t memory statistics ]]\n" +
      formatDeviceStatistics(handleOf(this), this.#ordinal);
  }

  /** Kinds of memory that its allocator serves, preferred ones first. */
  get memoryHeaps(): MemoryHeap[] {
    return deviceMemoryHeaps(handleOf(this), this.#ordinal);
  }

  /**
   * Queries a property from the driver, such as `hal.executable.format` and
   * `embedded-elf-x86_64` (1 if it can run that format), or `hal.dispatch` and
   * `concurrency` (its workers).
   *
   * @param category The category.
   * @param key The property.
   * @returns Its value; throws NOT_FOUND if the driver does not know it.
   */
  queryI64(category: string, key: string): bigint {
    return queryDevice(handleOf(this), this.#ordinal, category, key);
  }

  /**
   * Releases memory that the device keeps for later. A `local-task` device
   * keeps up to its peak of live memory; memory in use stays.
   */
  trim(): void {
    trimDevice(handleOf(this), this.#ordinal);
  }

  /**
   * Blocks until all work submitted to the device is done. Calls wait for their
   * own work, unless the program was compiled to return earlier.
   *
   * @param options `timeout`: milliseconds after which to give up, at most
   * 2147483647, or `Infinity`, the default.
   * @throws DEADLINE_EXCEEDED if the device is still busy then.
   */
  waitIdle(options: { readonly timeout?: number | undefined } = {}): void {
    const timeout = readTimeout(options);
    waitDeviceIdle(handleOf(this), this.#ordinal, timeout);
  }

  /**
   * Waits like {@linkcode waitIdle}, but blocks the event loop for at most a
   * millisecond at a time.
   *
   * @param options `signal`: gives up when it is aborted.
   * @returns Resolves when the device is idle; rejects with the signal's reason
   * if it is aborted.
   */
  async waitIdleAsync(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const signal = readSignal(options);
    signal?.throwIfAborted();
    await untilAborted(this.#untilIdle(signal), signal, () => {});
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      uri: () => this.uri,
      ordinal: () => this.#groupSize > 1 ? this.#ordinal : undefined,
      id: () => this.id || undefined,
    };
  }

  async #untilIdle(signal: AbortSignal | undefined): Promise<void> {
    while (!signal?.aborted) {
      try {
        return waitDeviceIdle(handleOf(this), this.#ordinal, TURN);
      } catch (error) {
        if (!isDeadline(error)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, TURN));
    }
  }
}

function readTimeout(
  options: { readonly timeout?: number | undefined },
): number {
  const { timeout = Infinity } = readOptions(options, { timeout: true });
  const isTime = typeof timeout === "number" && timeout >= 0 &&
    (timeout <= MAX_TIMEOUT || timeout === Infinity);
  if (isTime) return timeout;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `timeout must be a number of milliseconds from 0 to ${MAX_TIMEOUT}, or ` +
      `Infinity, got ${describeNumber(timeout)}`,
  );
}

function readSignal(
  options: { readonly signal?: AbortSignal | undefined },
): AbortSignal | undefined {
  return checkSignal(readOptions(options, { signal: true }).signal);
}

/** URIs of the devices in each group. */
const groupUris = new WeakMap<Handle, readonly string[]>();

/**
 * Names the devices whose memory an object may use.
 *
 * @param handle The object's handle.
 * @returns One URI or several; `undefined` without a device.
 */
export function deviceNamesOf(
  handle: Handle,
): string | readonly string[] | undefined {
  if (!handle.isShared) return undefined;
  const uris = [...handle.deviceLifetime.devices]
    .flatMap((group) => groupUris.get(group) ?? []);
  return uris.length > 1 ? uris : uris[0];
}

/** Whether something is a device, whatever its prototype says. */
export function isDevice(value: unknown): value is Device {
  return isMade(value);
}

function isDeadline(error: unknown): boolean {
  return error instanceof IreeError && error.code === "DEADLINE_EXCEEDED";
}

function isLocalTask(uri: string): boolean {
  return uri === "local-task" || uri.startsWith("local-task://");
}

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

/**
 * Checks that devices are a whole group in its order.
 *
 * @param devices The devices.
 * @returns The handle of their group.
 */
export function groupOf(devices: readonly Device[]): Handle {
  const all = copyArray("devices", devices, (device) => {
    if (!isDevice(device)) {
      throw noGroup(`expected a device, got ${describeValue(device)}`);
    }
  });
  const [first] = all;
  if (first === undefined) throw noGroup("there is none");
  const group = handleOf(first);
  for (const [ordinal, device] of all.entries()) {
    if (handleOf(device) !== group) {
      throw noGroup(
        `'${device.uri}', number ${ordinal}, is of another group than ` +
          `'${first.uri}'`,
      );
    }
    if (device.ordinal !== ordinal) {
      throw noGroup(
        `number ${ordinal} is the group's device ${device.ordinal}`,
      );
    }
  }
  if (all.length !== first.groupSize) {
    throw noGroup(
      `there are ${all.length} of the ${first.groupSize} devices of it`,
    );
  }
  return group;
}

function noGroup(reason: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `devices must be all of one group, in its order: ${reason}`,
    { hint: "create them together with Device.createGroup" },
  );
}
