import { expectFewCalls } from "../base/few_calls.ts";
import {
  type DeviceInfo,
  Instance,
  listDevices,
  listDrivers,
} from "../../mod.ts";
import {
  type DriverReport,
  listTaskTopologies,
  probeDrivers,
} from "../tooling/mod.ts";
import { vulkanTargetOf } from "../compiler/vulkan_target.ts";
import type { Command } from "./common/command.ts";
import { formatDeviceDump, formatTopologies } from "./common/device_text.ts";
import { FLAGFILE_HELP, formatFlags, parseFlags } from "./common/flags.ts";
import { TASK_TOPOLOGY_FLAGS, taskTopologyOf } from "./common/task_flags.ts";
import { printHelp } from "./common/terminal.ts";
import { UsageError } from "./common/usage_error.ts";

const FLAGS = {
  driver: {
    kind: "text",
    value: "NAME",
    help: ["Lists the devices of one driver; fails if it does not work here."],
  },
  details: {
    kind: "boolean",
    help: ["Prints the details that drivers report about their devices."],
  },
  dump: {
    kind: "boolean",
    help: ["Prints details in the format of iree-run-module --dump_devices."],
  },
  topologies: {
    kind: "boolean",
    help: ["Prints how workers of local-task devices are placed on CPUs."],
  },
  json: {
    kind: "boolean",
    help: ["Prints JSON."],
  },
  ...TASK_TOPOLOGY_FLAGS,
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Lists drivers and the devices that programs can run on.

Usage: iree devices [--driver=NAME] [--details] [--topologies] [--json]

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
The --task_topology_… flags show how they would place workers.

Exit status: 0 on success, 1 on failure, 2 for wrong usage.
`;

/** `iree devices`. */
export const DEVICES: Command = {
  summary: "lists drivers and devices",
  flags: FLAGS,
  run,
};

function run(args: readonly string[]): void {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const topology = taskTopologyOf(flags);
  if (topology !== undefined && !flags.topologies) {
    throw new UsageError("flags --task_topology_… need --topologies");
  }
  if (flags.dump && flags.json) {
    throw new UsageError("--dump prints text and cannot be used with --json");
  }
  const { details } = flags;
  // Like iree-run-module, treats an empty name as absent.
  const driver = flags.driver || undefined;
  expectFewCalls();
  using instance = Instance.open();
  const topologies = flags.topologies
    ? listTaskTopologies(instance, topology)
    : undefined;
  if (flags.dump) {
    print(formatDeviceDump(instance, driver));
  } else {
    const drivers = driver === undefined
      ? probeDrivers(instance, { details })
      : [reportOf(instance, driver, details)];
    if (flags.json) {
      console.log(JSON.stringify({ drivers: drivers.map(toJson), topologies }));
      return;
    }
    print(drivers.map(formatReport).join(""));
  }
  if (topologies !== undefined) print(formatTopologies(topologies));
}

function print(text: string): void {
  if (text !== "") console.log(text.slice(0, -1));
}

function reportOf(
  instance: Instance,
  name: string,
  details: boolean,
): DriverReport {
  const devices = listDevices(instance, name, { details });
  const found = listDrivers(instance).find((it) => it.name === name);
  return { name, fullName: found?.fullName ?? name, devices, error: undefined };
}

function toJson(report: DriverReport): object {
  const { name, fullName, devices, error } = report;
  return {
    name,
    fullName,
    devices,
    error: error && { code: error.code, message: error.detail },
  };
}

function formatReport(report: DriverReport): string {
  const { name, fullName, devices, error } = report;
  const lines = error === undefined
    ? devices.flatMap(formatDevice)
    : [`not available: ${error.code}: ${firstLine(error.detail)}`];
  return `${name}: ${fullName}\n` +
    lines.map((line) => `  ${line}\n`).join("");
}

function formatDevice({ driver, uri, name, details }: DeviceInfo): string[] {
  const lines = details.trimEnd().split("\n").filter((line) => line !== "");
  const target = driver === "vulkan" ? vulkanTargetOf(name) : undefined;
  if (target !== undefined) {
    lines.push(`compile with --target=vulkan --iree-vulkan-target=${target}`);
  }
  return [`${uri}  ${name}`, ...lines.map((line) => `  ${line}`)];
}

/** The failure itself, without the list of attempts. */
function firstLine(text: string): string {
  return text.replace(/\n.*$/s, "").replace(/[: ]+$/, "");
}
