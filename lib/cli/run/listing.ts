import type { Instance } from "../../../mod.ts";
import { listTaskTopologies } from "../../tooling/mod.ts";
import {
  formatDeviceDump,
  formatDevices,
  formatDrivers,
  formatTopologies,
} from "../common/device_text.ts";
import { taskTopologyOf } from "../common/task_flags.ts";
import type { ListingFlags } from "./flags.ts";
import { print } from "./write_outputs.ts";

/**
 * Prints the requested lists.
 *
 * @param instance The instance.
 * @param flags The flags.
 */
export function printListings(instance: Instance, flags: ListingFlags): void {
  const { list_devices, dump_devices } = flags;
  if (flags.list_drivers) print(formatDrivers(instance));
  // An empty name counts as absent.
  if (list_devices !== undefined) {
    print(formatDevices(instance, list_devices || undefined));
  }
  if (dump_devices !== undefined) {
    print(formatDeviceDump(instance, dump_devices || undefined));
  }
  if (flags.dump_task_topologies) {
    const topology = taskTopologyOf(flags);
    print(formatTopologies(listTaskTopologies(instance, topology)));
  }
}
