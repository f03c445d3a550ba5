import { ownValue } from "../base/own_value.ts";
import { type DeviceTarget, parseTargets } from "./program_targets.ts";

/** Why no device matches the targets that a program was compiled for. */
export interface DeviceMismatch {
  /** The device's name in the program, such as `__device_0`. */
  readonly device: string;
  /** The program's targets; empty if only formats are known. */
  readonly targets: readonly DeviceTarget[];
  /** All executable formats in the program. */
  readonly formats: readonly string[];
}

/**
 * Parses the messages of programs that find no matching device.
 *
 * @param message The message.
 * @returns The mismatch; `undefined` for any other message.
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

/** Architectures in format names that differ from Deno's names. */
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
 * Returns the architecture of an executable format, named as in
 * `Deno.build.arch`.
 *
 * @param format The format, such as `embedded-elf-x86_64`.
 * @returns The architecture; `undefined` if the format is not for a CPU.
 */
export function formatArchitecture(format: string): string | undefined {
  const arch = /^(?:embedded|system)-[a-z]+-(\w+)$/.exec(format)?.[1];
  if (arch === undefined) return undefined;
  return ownValue(ARCHITECTURES, arch) ?? arch;
}
