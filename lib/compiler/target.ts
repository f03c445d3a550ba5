import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";

/** IREE's backends, by the names that `target` accepts. */
const BACKENDS: ReadonlyMap<string, string> = new Map([
  ["vmvx", "vmvx"],
  ["vulkan", "vulkan-spirv"],
  ["cuda", "cuda"],
  ["rocm", "rocm"],
  ["hip", "rocm"],
  ["metal", "metal-spirv"],
]);

/** Flags that select a target; with one of them, `target` has no default. */
const TARGET_FLAG =
  /^--?iree-(?:hal-target-(?:backends|device)|llvmcpu-target-(?:cpu|triple))(?:=|$)/;

/** A triple, such as `aarch64-unknown-linux-gnu`. */
const TRIPLE = /^[\w.]+(?:-[\w.]+){2,3}$/;

/** The CPU of this machine. */
const DEFAULT_TARGET = "host";

/**
 * Returns IREE's flags for a target.
 *
 * @param target The target; {@linkcode DEFAULT_TARGET} if omitted and no flag
 * selects one.
 * @param flags The caller's flags.
 * @returns All flags.
 */
export function withTarget(
  target: string | undefined,
  flags: readonly string[],
): string[] {
  if (target === undefined && flags.some((flag) => TARGET_FLAG.test(flag))) {
    return [...flags];
  }
  return [...targetFlags(target ?? DEFAULT_TARGET), ...flags];
}

function targetFlags(target: string): string[] {
  if (typeof target !== "string" || !/^[\w.+-]+$/.test(target)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `target must be host, generic, a CPU, a triple, ${
        [...BACKENDS.keys()].join(", ")
      }, got ` +
        (typeof target === "string" ? `'${target}'` : describeValue(target)),
    );
  }
  const backend = BACKENDS.get(target);
  if (backend !== undefined) return [`--iree-hal-target-backends=${backend}`];
  const cpu = "--iree-hal-target-backends=llvm-cpu";
  return isTriple(target)
    ? [
      cpu,
      `--iree-llvmcpu-target-triple=${target}`,
      "--iree-llvmcpu-target-cpu=generic",
    ]
    : [cpu, `--iree-llvmcpu-target-cpu=${target}`];
}

// The names of some CPUs have hyphens too: x86-64-v3, icelake-server.
function isTriple(target: string): boolean {
  return TRIPLE.test(target) && !/^x86-64-v\d$/.test(target);
}

/**
 * Whether flags compile for the CPU of this machine, so that the program
 * depends on it.
 *
 * @param flags All flags.
 */
export function isForHost(flags: readonly string[]): boolean {
  return flags.some((flag) => /^--?iree-llvmcpu-target-cpu=host$/.test(flag));
}

/**
 * Returns the target of a device's driver.
 *
 * @param device A device's URI; others have no driver's name.
 * @returns The target; `undefined` for CPUs and unknown drivers.
 */
export function targetOfDevice(device: unknown): string | undefined {
  const driver = typeof device === "string" ? device.split(":")[0] : "";
  return BACKENDS.has(driver!) ? driver : undefined;
}
