import type { Instance } from "../base/instance.ts";
import { Device } from "../hal/device.ts";
import type { DeviceOptions } from "../hal/device_options.ts";
import { SharedResources } from "./shared_resources.ts";

/**
 * Devices of programs that replace each other, so that what callers have on
 * them stays usable. The last one to leave disposes them.
 */
export class KeptDevices {
  readonly #shared = new SharedResources(new DisposableStack());
  readonly #groups = new Map<string, readonly Device[]>();

  /** Adds a user, who leaves by disposing what this returns. */
  enter(): Disposable {
    return this.#shared.enter();
  }

  /**
   * Finds devices, or creates them.
   *
   * @param instance The instance.
   * @param uris Their URIs.
   * @param options How they are created.
   */
  open(
    instance: Instance,
    uris: readonly string[],
    options: DeviceOptions | undefined,
  ): readonly Device[] {
    // For the device 'auto', each program chooses.
    const key = JSON.stringify([uris, options?.topology?.groupCount]);
    const found = this.#groups.get(key);
    if (found !== undefined) return found;
    const created = Device.createGroup(instance, uris, options);
    for (const it of created) this.#shared.add(it);
    this.#groups.set(key, created);
    return created;
  }
}
