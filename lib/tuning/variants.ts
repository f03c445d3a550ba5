import type { Instance } from "../base/instance.ts";
import { Device } from "../hal/device.ts";

/** A way to run programs on this machine's CPU. */
export interface Variant {
  /** The device's URI. */
  readonly uri: string;
  /** Workers of `local-task`; `undefined` means one per core. */
  readonly workers: number | undefined;
}

/** Numbers of workers to try, besides the largest. */
const WORKERS = [1, 2];

/**
 * Returns the devices to measure programs on, those with the fewest threads
 * first: `local-sync`, and `local-task` with 1, 2 and the most workers.
 *
 * @param instance The instance.
 * @param limit The most workers of a device; `undefined` means one per core.
 */
export function findVariants(
  instance: Instance,
  limit: number | undefined,
): Variant[] {
  using all = Device.create(instance, "local-task");
  const cores = Number(all.queryI64("hal.dispatch", "concurrency"));
  const most = Math.min(limit ?? cores, cores);
  const uri = "local-task";
  return [
    { uri: "local-sync", workers: undefined },
    ...WORKERS.filter((workers) => workers < most)
      .map((workers) => ({ uri, workers })),
    { uri, workers: most < cores ? most : undefined },
  ];
}

/**
 * Creates the device of a variant.
 *
 * @param instance The instance.
 * @param variant The variant.
 */
export function createDevice(
  instance: Instance,
  { uri, workers }: Variant,
): Device {
  const topology = workers === undefined ? undefined : { groupCount: workers };
  return Device.create(instance, uri, { topology });
}
