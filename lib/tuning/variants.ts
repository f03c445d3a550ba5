import type { Instance } from "../base/instance.ts";
import { Device } from "../hal/device.ts";

/** A way to run programs on this machine's CPU. */
export interface Variant {
  /** The device's URI. */
  readonly uri: string;
  /** Workers of `local-task`; `undefined` means one per core. */
  readonly workers: number | undefined;
  /** The device. */
  readonly device: Device;
}

/** Numbers of workers to try, besides the largest. */
const WORKERS = [1, 2];

/**
 * Creates the devices to measure programs on, those with the fewest threads
 * first: `local-sync`, and `local-task` with 1, 2 and the most workers.
 *
 * @param instance The instance.
 * @param stack Owns the devices.
 * @param limit The most workers of a device; `undefined` means one per core.
 */
export function createVariants(
  instance: Instance,
  stack: DisposableStack,
  limit?: number,
): Variant[] {
  const all = stack.use(Device.create(instance, "local-task"));
  const cores = Number(all.queryI64("hal.dispatch", "concurrency"));
  const most = Math.min(limit ?? cores, cores);
  const create = (workers: number): Variant => ({
    uri: "local-task",
    workers,
    device: stack.use(
      Device.create(instance, "local-task", {
        topology: { groupCount: workers },
      }),
    ),
  });
  const sync = stack.use(Device.create(instance, "local-sync"));
  return [
    { uri: "local-sync", workers: undefined, device: sync },
    ...WORKERS.filter((workers) => workers < most).map(create),
    most < cores
      ? create(most)
      : { uri: "local-task", workers: undefined, device: all },
  ];
}
