import { beginProfiling, endProfiling } from "../../ffi/tooling.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import type { Device } from "../hal/device.ts";

/**
 * A profiling session of a device, as flags of `setIreeFlags` ask for it; does
 * nothing when none does.
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
   * Begins to profile.
   *
   * @param device The device.
   * @returns The session; throws INVALID_ARGUMENT when flags contradict each
   * other, and UNIMPLEMENTED for what the device cannot record.
   */
  static begin(device: Device): Profiling {
    return new Profiling(beginProfiling(handleOf(device), device.ordinal));
  }

  /** Ends it: writes the file, or prints statistics to stderr. */
  end(): void {
    endProfiling(handleOf(this));
  }
}
