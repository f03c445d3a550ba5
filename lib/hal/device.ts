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
import type { Facts } from "../base/description.ts";
import { describeValue } from "../base/checks.ts";
import { checkSignal, untilAborted } from "../base/deadline.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { readOptions } from "../base/options.ts";
import { checkAllocators } from "./allocators.ts";
import { withDriver } from "./driver_errors.ts";
import {
  type TaskTopologyOptions,
  type TaskWorkerOptions,
  toTaskOptions,
} from "./task_topology.ts";

export type { MemoryHeap };

/** How devices are created. */
export interface DeviceOptions {
  /**
   * What the allocator of each device is wrapped in, one around the other:
   *
   * - `caching` keeps memory that is freed, without limit;
   * - `caching:heap=bytes;total;count,…` keeps so much of a heap: allocations
   *   up to so many bytes each, together, and so many free ones; `*` is any
   *   heap, or no limit;
   * - `debug` fills new memory with a pattern. Slow.
   *
   * Not supported by `vulkan` devices.
   */
  allocators?: readonly string[] | undefined;
  /** How workers are spread; `local-task` devices only. */
  topology?: TaskTopologyOptions | undefined;
  /** What each worker has; `local-task` devices only. */
  worker?: TaskWorkerOptions | undefined;
}

/** What an allocator did since it was created, in bytes. */
export interface AllocatorStatistics {
  /** The most of the host's memory that was live at one time. */
  readonly hostBytesPeak: number;
  /** What was allocated of the host's memory, all together. */
  readonly hostBytesAllocated: number;
  /** What of it was freed. */
  readonly hostBytesFreed: number;
  /** What of it is live. */
  readonly hostBytesLive: number;
  /** The most of the device's memory that was live at one time. */
  readonly deviceBytesPeak: number;
  /** What was allocated of the device's memory, all together. */
  readonly deviceBytesAllocated: number;
  /** What of it was freed. */
  readonly deviceBytesFreed: number;
  /** What of it is live. */
  readonly deviceBytesLive: number;
}

/** The longest time that can be waited for, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Milliseconds that `waitIdleAsync` blocks, and then lets the program go on. */
const TURN = 1;

/** URIs of devices whose driver ignores parameters. */
const IGNORED_PARAMETERS = /^(local-sync|local-task|null):\/\/[^?]*\?/;

/**
 * A device that programs run on, created by its URI:
 * `driver[://path][?params]`, such as `local-sync`, `local-task` or
 * `vulkan`. Belongs to the isolate that created it.
 *
 * Devices that one program uses together are created together, as a group:
 * only then can one wait for what another one does.
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
   * Creates a device, a group of its own. May load drivers of the system and
   * take long.
   *
   * @param instance The instance.
   * @param uri The device's URI.
   * @param options How it is created.
   * @returns The device; throws NOT_FOUND when there is no such driver.
   */
  static create(
    instance: Instance,
    uri: string,
    options: DeviceOptions = {},
  ): Device {
    return Device.createGroup(instance, [uri], options)[0]!;
  }

  /**
   * Creates devices that are used together. A driver that is named twice gives
   * two devices of its own.
   *
   * @param instance The instance.
   * @param uris URIs of the devices, in the order in which a program knows
   * them.
   * @param options How they are created.
   * @returns The devices in the same order, each to be disposed; throws
   * NOT_FOUND when there is no such driver.
   */
  static createGroup(
    instance: Instance,
    uris: readonly string[],
    options: DeviceOptions = {},
  ): Device[] {
    if (!Array.isArray(uris) || uris.length === 0) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "a group is made of an array of at least one URI of a device",
      );
    }
    const { allocators = [], topology, worker } = options;
    for (const uri of uris) refuseParameters(uri);
    checkAllocators(allocators, uris);
    const task = topology === undefined && worker === undefined
      ? undefined
      : toTaskOptions(topology ?? {}, worker ?? {});
    if (task !== undefined && !uris.some(isLocalTask)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "topology and worker are options of local-task devices; there is " +
          `none among ${uris.join(", ")}`,
      );
    }
    const group = withDriver(() =>
      createDeviceGroup(
        handleOf(instance),
        uris,
        allocators,
        task,
      )
    );
    groupUris.set(group, [...uris]);
    return uris.map((uri, ordinal) =>
      new Device(
        ordinal === 0 ? group : group.retain(),
        uri,
        ordinal,
        uris.length,
      )
    );
  }

  /** Which device of its group it is, from 0. */
  get ordinal(): number {
    return this.#ordinal;
  }

  /** How many devices its group has. */
  get groupSize(): number {
    return this.#groupSize;
  }

  /** The id that the driver gave to the device. */
  get id(): string {
    return this.#id ??= deviceId(handleOf(this), this.#ordinal);
  }

  /**
   * What was allocated on the device so far. On CPU devices this includes what
   * programs allocate, for results and while they run.
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
   * Formats the statistics as `iree-run-module --print_statistics` prints them.
   *
   * @returns Lines, each with its end.
   */
  formatStatistics(): string {
    return "[[ iree_hal_allocator_t memory statistics ]]\n" +
      formatDeviceStatistics(handleOf(this), this.#ordinal);
  }

  /** Kinds of memory that its allocator serves, the preferred ones first. */
  get memoryHeaps(): MemoryHeap[] {
    return deviceMemoryHeaps(handleOf(this), this.#ordinal);
  }

  /**
   * Asks the driver for a fact, such as `hal.executable.format` and
   * `embedded-elf-x86_64` (1 when it runs that), or `hal.dispatch` and
   * `concurrency` (its workers).
   *
   * @param category What it is about.
   * @param key The fact.
   * @returns Its value; throws NOT_FOUND when the driver knows no such fact.
   */
  queryI64(category: string, key: string): bigint {
    return queryDevice(handleOf(this), this.#ordinal, category, key);
  }

  /**
   * Releases the memory that the device keeps for later. A `local-task` device
   * keeps up to what was alive at once; what is still in use stays.
   */
  trim(): void {
    trimDevice(handleOf(this), this.#ordinal);
  }

  /**
   * Blocks until everything is done that was submitted to the device, by
   * whomever. Calls of programs wait for what they submit, unless the program
   * was compiled to return before.
   *
   * @param options `timeout`: after how many milliseconds to give up,
   * 2147483647 at most, or `Infinity`, the default.
   * @throws DEADLINE_EXCEEDED when the device is still at work then.
   */
  waitIdle(options: { readonly timeout?: number | undefined } = {}): void {
    const timeout = readTimeout(options);
    waitDeviceIdle(handleOf(this), this.#ordinal, timeout);
  }

  /**
   * Waits as {@linkcode waitIdle} does without blocking the event loop, but for
   * up to a millisecond at a time.
   *
   * @param options `signal`: gives up when it is aborted.
   * @returns Resolves when the device is idle; rejects with the signal's reason
   * when that is aborted.
   */
  async waitIdleAsync(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const signal = readSignal(options);
    signal?.throwIfAborted();
    await untilAborted(this.#untilIdle(signal), signal, () => {});
  }

  /**
   * What is printed of the object.
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
      `Infinity, got ${String(timeout)}`,
  );
}

function readSignal(
  options: { readonly signal?: AbortSignal | undefined },
): AbortSignal | undefined {
  return checkSignal(readOptions(options, { signal: true }).signal);
}

/** URIs of the devices of groups. */
const groupUris = new WeakMap<Handle, readonly string[]>();

/**
 * Names the devices whose memory an object may be, or have in it.
 *
 * @param handle The object's handle.
 * @returns A URI or several; `undefined` where there is no device.
 */
export function deviceNamesOf(
  handle: Handle,
): string | readonly string[] | undefined {
  if (!handle.isShared) return undefined;
  const uris = [...handle.deviceLifetime.devices]
    .flatMap((group) => groupUris.get(group) ?? []);
  return uris.length > 1 ? uris : uris[0];
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
 * Makes sure that devices are a group, all of it in its order.
 *
 * @param devices The devices.
 * @returns The handle of their group.
 */
export function groupOf(devices: readonly Device[]): Handle {
  for (const device of devices) {
    if (device instanceof Device) continue;
    throw noGroup(`a device is wanted, not ${describeValue(device)}`);
  }
  const [first] = devices;
  if (first === undefined) throw noGroup("there is none");
  const group = handleOf(first);
  for (const [ordinal, device] of devices.entries()) {
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
  if (devices.length !== first.groupSize) {
    throw noGroup(
      `there are ${devices.length} of the ${first.groupSize} devices of it`,
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
