import { type IreeError, reword } from "../base/error.ts";
import { compileCommand } from "../files/file_kind.ts";
import type { Device } from "../hal/device.ts";
import {
  type DeviceMismatch,
  formatArchitecture,
  readDeviceMismatch,
} from "../inspect/device_mismatch.ts";
import type { DeviceTarget } from "../inspect/program_targets.ts";

const COMPILE = compileCommand("program.mlir");

/**
 * Explains why a program finds no device: its targets, and the devices that
 * exist.
 *
 * @param error The program's failure.
 * @param program The program's name in messages.
 * @param devices The devices that were passed to it.
 * @param drivers Names of all drivers in the library.
 * @returns The explained failure; `undefined` for any other failure.
 */
export function explainDevice(
  error: IreeError,
  program: string,
  devices: readonly Device[],
  drivers: readonly string[],
): IreeError | undefined {
  const mismatch = readDeviceMismatch(error.detail);
  if (mismatch === undefined) return undefined;
  const given = devices.map(({ uri }) => uri).join(", ");
  const used = new Set(devices.map(({ uri }) => uri.split(":")[0]));
  const fitting = mismatch.targets.filter((target) =>
    target.drivers.some((driver) => used.has(driver))
  );
  if (fitting.some(isForThisMachine)) {
    return reword(
      error,
      `HAL device \`${mismatch.device}\` not found or unavailable: ` +
        `${program} needs ${
          mismatch.targets.map(describeTarget).join(" or ")
        }` +
        `, got ${given}`,
      "a program that uses several devices needs each of them: repeat " +
        "--device, or give an array as the option device",
    );
  }
  const wanted = describeWanted(mismatch);
  const isCpu = fitting.length > 0 || mismatch.targets.length === 0 &&
      mismatch.formats.every((it) => formatArchitecture(it) !== undefined);
  if (isCpu) {
    return reword(
      error,
      `${program} is compiled for ${wanted}; this machine is ` +
        Deno.build.arch,
      `compile it for this machine: ${COMPILE}`,
    );
  }
  return reword(
    error,
    `${program} is compiled for ${wanted}; its device here is ${given}`,
    adviseDevice(mismatch.targets, wanted, drivers),
  );
}

function adviseDevice(
  targets: readonly DeviceTarget[],
  wanted: string,
  drivers: readonly string[],
): string {
  const usable = targets.flatMap((target) => target.drivers)
    .filter((driver) => drivers.includes(driver));
  if (usable.length === 0) {
    return `this library has no driver for ${wanted}; compile it for the CPU: ` +
      COMPILE;
  }
  const flags = usable.map((driver) => `--device=${driver}`).join(" or ");
  return `run it with ${flags} or the option device, or compile it for ` +
    `the CPU: ${COMPILE}`;
}

function isForThisMachine({ executables }: DeviceTarget): boolean {
  return executables.some(({ format }) =>
    (formatArchitecture(format) ?? Deno.build.arch) === Deno.build.arch
  );
}

function describeTarget({ device, executables }: DeviceTarget): string {
  return `${device} (${executables.map(({ format }) => format).join(", ")})`;
}

/** Names of devices and architectures, as users know them. */
function describeWanted({ targets, formats }: DeviceMismatch): string {
  const others = targets.map(({ device }) => device)
    .filter((device) => device !== "local");
  const architectures = formats.map(formatArchitecture)
    .filter((it) => it !== undefined);
  const names = targets.length > 0 || architectures.length > 0
    ? [...others, ...architectures]
    : formats;
  return [...new Set(names)].join(" or ");
}
