import { ownValue } from "../base/own_value.ts";
import { type DeviceTarget, parseTargets } from "./program_targets.ts";

/** Why a program found no device that it was compiled for. */
export interface DeviceMismatch {
  /** Name of the device in the program, such as `__device_0`. */
  readonly device: string;
  /** What it was compiled for; none where only formats are named. */
  readonly targets: readonly DeviceTarget[];
  /** All formats of executables that were compiled. */
  readonly formats: readonly string[];
}

/**
 * Reads the messages that a program fails with when no device will do.
 *
 * @param message The message.
 * @returns What it says; `undefined` for any other message.
 */
export function readDeviceMismatch(
  message: string,
): DeviceMismatch | undefined {
  const missing = /^HAL device `(.*?)` not found or unavailable: ([^]*)$/
    .exec(message);
  if (missing !== null) {
    const [, device = "", text = ""] = missing;
    const targets = parseTargets(text);
    const formats = targets.flatMap(({ executables }) =>
      executables.map(({ format }) => format)
    );
    return { device, targets, formats: [...new Set(formats)] };
  }
  const variants =
    /^HAL device `(.*?)` does not support any variant of executable `.*?`; available formats: \[(.*?)\]/
      .exec(message);
  if (variants === null) return undefined;
  const [, device = "", formats = ""] = variants;
  return { device, targets: [], formats: formats.split(", ") };
}

/** Architectures in names of formats that Deno calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  arm_64: "aarch64",
  arm_32: "arm",
  x86_32: "x86",
  riscv_64: "riscv64",
  riscv_32: "riscv32",
  wasm_32: "wasm32",
  wasm_64: "wasm64",
};

/**
 * The architecture that a format of executables is for, as `Deno.build.arch`
 * calls it.
 *
 * @param format Such as `embedded-elf-x86_64`.
 * @returns `undefined` where it is not for a CPU.
 */
export function formatArchitecture(format: string): string | undefined {
  const arch = /^(?:embedded|system)-[a-z]+-(\w+)$/.exec(format)?.[1];
  if (arch === undefined) return undefined;
  return ownValue(ARCHITECTURES, arch) ?? arch;
}
