import type { Placement } from "../../ffi/buffer_view.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type Device, isDevice } from "./device.ts";

/**
 * Returns where to allocate tensors: on a device, or in host memory.
 *
 * @param memory The device or the instance.
 */
export function placementOf(memory: Device | Instance): Placement {
  const handle = handleOf(memory);
  return isDevice(memory)
    ? { instance: handle.instance, devices: handle, ordinal: memory.ordinal }
    : { instance: handle, devices: undefined, ordinal: 0 };
}
