import {
  type DeviceInfo,
  type DriverInfo,
  type Instance,
  listDevices,
  listDrivers,
} from "../../../mod.ts";
import {
  probeDrivers,
  type TaskTopology,
  type TaskTopologyGroup,
} from "../../tooling/mod.ts";

// The text that iree-run-module prints for its listing flags.

const DOUBLE_LINE = `# ${"=".repeat(76)}\n`;
const LINE = `# ===${"-".repeat(70)}===\n`;
const TOPOLOGY_LINE = `# ===${"-".repeat(72)}===\n`;

/**
 * Formats the output of `--list_drivers`.
 *
 * @param instance The instance.
 */
export function formatDrivers(instance: Instance): string {
  return DOUBLE_LINE + "# Available HAL drivers\n" + DOUBLE_LINE +
    "# Use --list_devices={driver name} to enumerate available devices.\n\n" +
    listDrivers(instance).map(formatDriver).join("");
}

function formatDriver({ name, fullName }: DriverInfo): string {
  return `${name.padStart(16)}: ${fullName}\n`;
}

/**
 * Formats the output of `--list_devices`.
 *
 * @param instance The instance.
 * @param driver The driver; every driver that works here when omitted.
 */
export function formatDevices(instance: Instance, driver?: string): string {
  return listDevices(instance, driver).map(({ uri }) => `${uri}\n`).join("");
}

/**
 * Formats the output of `--dump_devices`.
 *
 * @param instance The instance.
 * @param driver The driver; all when omitted.
 */
export function formatDeviceDump(instance: Instance, driver?: string): string {
  const details = true;
  if (driver !== undefined) {
    const devices = listDevices(instance, driver, { details });
    return formatDump(driver, devices);
  }
  return probeDrivers(instance, { details })
    .map(({ name, devices }) => formatDump(name, devices)).join("\n");
}

function formatDump(driver: string, devices: readonly DeviceInfo[]): string {
  return DOUBLE_LINE + `# Enumerated devices for driver '${driver}'\n` +
    DOUBLE_LINE + "\n" + devices.map(formatDevice).join("");
}

function formatDevice({ uri, name, details }: DeviceInfo): string {
  return `${LINE}# --device=${uri}\n#   ${name}\n${LINE}${details}`;
}

/**
 * Formats the output of `--dump_task_topologies`.
 *
 * @param topologies The topologies.
 */
export function formatTopologies(topologies: readonly TaskTopology[]): string {
  return topologies.map(({ node, groups }, ordinal) =>
    TOPOLOGY_LINE +
    `# topology[${ordinal}]: ${groups.length} worker groups, numa node: ` +
    `${node ?? "any"}\n` +
    TOPOLOGY_LINE + "#\n" + groups.map(formatGroup).join("")
  ).join("");
}

function formatGroup(group: TaskTopologyGroup): string {
  const { l1Data, l2Data } = group.caches;
  return [
    `group[${group.ordinal}]: '${group.name}'`,
    `     processor: ${group.processor}`,
    ...(group.hardwareIds === ""
      ? []
      : [`    hardware ids: ${group.hardwareIds}`]),
    `      affinity: ${formatAffinity(group)}`,
    ` caches: l1d=${l1Data}, l2d=${l2Data}`,
    ` last level cache sharing: ${formatSharing(group)}`,
  ].map((line) => `# ${line}\n`).join("") + "#\n";
}

function formatAffinity({ affinity }: TaskTopologyGroup): string {
  if (affinity === undefined) return "(unspecified)";
  const { group, id, smt } = affinity;
  if (id === undefined) return `group=${group} (any)`;
  return `group=${group}, id=${id}, smt=${smt ? 1 : 0}`;
}

function formatSharing({ sharing }: TaskTopologyGroup): string {
  if (sharing === "all") return "(all/undefined)";
  if (sharing.length === 0) return "(none)";
  return `${sharing.length} group(s): ${sharing.join(", ")}`;
}
