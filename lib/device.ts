import { createDeviceGroup, deviceId } from "../ffi/device.ts";
import type { Instance } from "./instance.ts";
import { handleOf, NativeObject } from "./native_object.ts";

/**
 * A device that programs run on, created by its URI:
 * `driver[://path][?params]`, such as `local-sync`, `local-task` or
 * `vulkan://0`. Belongs to the isolate that
 * created it.
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
  #id: string | undefined;

  private constructor(instance: Instance, uri: string) {
    super(createDeviceGroup(handleOf(instance), [uri]));
    this.uri = uri;
  }

  /**
   * Creates a device. May load drivers of the system and take long.
   *
   * @param instance The instance.
   * @param uri The device's URI.
   * @returns The device; throws NOT_FOUND when there is no such driver.
   */
  static create(instance: Instance, uri: string): Device {
    return new Device(instance, uri);
  }

  /** The id that the driver gave to the device. */
  get id(): string {
    return this.#id ??= deviceId(handleOf(this), 0);
  }
}
