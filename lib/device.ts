import { createDeviceGroup, deviceId } from "../ffi/device.ts";
import type { Handle } from "../ffi/handle.ts";
import { IreeError } from "./error.ts";
import type { Instance } from "./instance.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import { describeValue } from "./value.ts";

/**
 * A device that programs run on, created by its URI:
 * `driver[://path][?params]`, such as `local-sync`, `local-task` or
 * `vulkan://0`. Belongs to the isolate that created it.
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
   * @returns The device; throws NOT_FOUND when there is no such driver.
   */
  static create(instance: Instance, uri: string): Device {
    return Device.createGroup(instance, [uri])[0];
  }

  /**
   * Creates devices that are used together. A driver that is named twice gives
   * two devices of its own.
   *
   * @param instance The instance.
   * @param uris URIs of the devices, in the order in which a program knows
   * them.
   * @returns The devices in the same order, each to be disposed; throws
   * NOT_FOUND when there is no such driver.
   */
  static createGroup(instance: Instance, uris: readonly string[]): Device[] {
    if (!Array.isArray(uris) || uris.length === 0) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "a group is made of an array of at least one URI of a device",
      );
    }
    const group = createDeviceGroup(handleOf(instance), uris);
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
