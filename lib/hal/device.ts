import {
  createDeviceGroup,
  deviceId,
  deviceMemoryHeaps,
  formatDeviceStatistics,
  type MemoryHeap,
  queryDevice,
  trimDevice,
  waitDeviceIdle,
} from "../../ffi/device.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { copyArray, toText } from "../base/checks.ts";
import type { Facts } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import {
  type AllocatorStatistics,
  readStatistics,
} from "./allocator_statistics.ts";
import { readTimeout, untilIdle } from "./device_idle.ts";
import { nameDevices } from "./device_names.ts";
import { checkDeviceOptions, type DeviceOptions } from "./device_options.ts";
import { withDriver } from "./driver_errors.ts";

export type { MemoryHeap };

let isMade: (value: unknown) => value is Device;

/**
 * Makes the devices of a group.
 *
 * @param group The group, which the devices take over.
 * @param uris Their URIs.
 * @internal
 */
export let devicesOfGroup: (
  group: Handle,
  uris: readonly string[],
) => Device[];

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
   * @returns The devices in the same order, which the caller must dispose;
   * throws NOT_FOUND if a driver does not exist.
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
    const { specs, task } = checkDeviceOptions(options, names);
    const group = withDriver(() =>
      createDeviceGroup(handleOf(instance), names, specs, task)
    );
    return devicesOfGroup(group, names);
  }

  static {
    devicesOfGroup = (group, uris) => {
      nameDevices(group, uris);
      return uris.map((uri, ordinal) =>
        new Device(
          ordinal === 0 ? group : group.retain(),
          uri,
          ordinal,
          uris.length,
        )
      );
    };
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
    return readStatistics(handleOf(this), this.#ordinal);
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
   * Blocks until all work submitted to the device is done, including work that
   * waits for a fence; on `cuda` and `metal` devices, such work does not count.
   * Calls wait for their own work, unless the program was compiled to return
   * earlier. With a `timeout` of 0, a GPU may count as busy right after a call.
   *
   * @param options `timeout`: milliseconds after which to give up, at most
   * 2147483647, or `Infinity`, the default.
   * @throws DEADLINE_EXCEEDED if the device is still busy then.
   */
  waitIdle(options: { readonly timeout?: number | undefined } = {}): void {
    this.#waitIdle(readTimeout(options));
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
    await untilIdle((timeout) => this.#waitIdle(timeout), options);
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

  #waitIdle(timeout: number): void {
    waitDeviceIdle(handleOf(this), this.#ordinal, timeout);
  }
}

/** Whether a value is a device, regardless of its prototype. */
export function isDevice(value: unknown): value is Device {
  return isMade(value);
}
