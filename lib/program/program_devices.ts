import { copyArray, isArray, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { Device, isDevice } from "../hal/device.ts";
import type { DeviceOptions } from "../hal/device_options.ts";
import { HalModule } from "../vm/hal_module.ts";
import type { LoadingOptions } from "./load_options.ts";

/** The default device, as in `iree-run-module`. */
const DEFAULT_DEVICE = "local-task";

/**
 * Throws if a value is neither a device nor its URI.
 *
 * @param device The value.
 */
export function checkDevice(device: string | Device): void {
  if (typeof device === "string" || isDevice(device)) return;
  throw mustBe("a device", "a URI or a Device", device);
}

/**
 * Creates the HAL module on a program's devices, which it creates unless the
 * caller passes them.
 *
 * @param instance The instance.
 * @param options The devices.
 * @param stack Owns the created devices.
 */
export function createHal(
  instance: Instance,
  options: LoadingOptions,
  stack: DisposableStack,
): HalModule {
  const { device = DEFAULT_DEVICE, deviceOptions, leadDevice, traceTensors } =
    options;
  const given: readonly (string | Device)[] = isArray(device)
    ? copyArray("device", device, checkDevice)
    : [device as string | Device];
  if (!isArray(device)) checkDevice(device as string | Device);
  const devices = given.filter(isDevice);
  if (devices.length > 0 && devices.length < given.length) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "device must be all URIs or all devices of one group, got both",
    );
  }
  if (devices.length > 0) {
    if (deviceOptions !== undefined) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "deviceOptions applies only to devices created from URIs, got existing " +
          "devices",
      );
    }
    return HalModule.create(instance, devices, leadDevice, traceTensors);
  }
  const uris = given as readonly string[];
  const created = options.kept?.open(instance, uris, deviceOptions) ??
    createDevices(instance, uris, deviceOptions, stack);
  return HalModule.create(instance, created, leadDevice, traceTensors);
}

function createDevices(
  instance: Instance,
  uris: readonly string[],
  options: DeviceOptions | undefined,
  stack: DisposableStack,
): readonly Device[] {
  const created = Device.createGroup(instance, uris, options);
  for (const it of created) stack.use(it);
  return created;
}
