import { beginProfiling, endProfiling } from "../../ffi/tooling.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import type { Device } from "../hal/device.ts";

/**
 * A device's profiling session, configured by the flags of `setIreeFlags`.
 * Without them it has no effect.
 *
 * @example
 * ```ts
 * import { Device, Instance } from "@iree/runtime";
 * import { Profiling } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using profiling = Profiling.begin(device);
 * profiling.end();
 * ```
 */
export class Profiling extends NativeObject {
  /**
   * Begins profiling.
   *
   * @param device The device.
   * @returns The session; throws INVALID_ARGUMENT if flags contradict each other,
   * and UNIMPLEMENTED if the device cannot record the data.
   */
  static begin(device: Device): Profiling {
    return new Profiling(beginProfiling(handleOf(device), device.ordinal));
  }

  /** Ends the session: writes the file, or prints statistics to stderr. */
  end(): void {
    endProfiling(handleOf(this));
  }
}
