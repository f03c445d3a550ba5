import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import { type DeviceInfo, listDevices } from "../hal/driver.ts";

/**
 * Targets of the compiler by the names that drivers give to GPUs. A driver's name
 * has the product, and some of Mesa's have the chip: "AMD Radeon RX 7900 XTX
 * (RADV NAVI31)".
 */
const TARGETS: readonly (readonly [RegExp, string])[] = [
  [/llvmpipe/, "llvmpipe"],
  [/RTX 50\d\d|Blackwell/, "sm_120"],
  [/RTX 40\d\d|\bAda\b|\bL40?S?$/, "ada"],
  [/RTX 30\d\d|RTX A\d000|\bA(?:10|16|30|40|100)\b/, "ampere"],
  [/RTX 20\d\d|GTX 16\d\d|Quadro RTX|\bT4\b/, "turing"],
  [/\bV100\b|TITAN V\b/, "volta"],
  [/GTX 10\d\d|\bP(?:4|40|100)\b/, "pascal"],
  [/RX 9\d{3}|NAVI4\d|GFX12/i, "rdna4"],
  [/RX 7\d{3}|PRO W7\d00|NAVI3\d|\b7[468]0M|GFX11/i, "rdna3"],
  [/RX 6\d{3}|PRO W6\d00|NAVI2\d|\b6[68]0M|GFX103/i, "rdna2"],
  [/RX 5\d{3}|PRO W5\d00|NAVI1\d|GFX101/i, "rdna1"],
  [/Mali-G(?:57|68|77|78|310|510|610|615|710|715)/, "valhall"],
  [/Immortalis-G715/, "valhall"],
  [/Adreno/, "adreno"],
];

const VULKAN_TARGET_FLAG = /^--?iree-vulkan-target(?:=|$)/;

/**
 * Returns the value of `--iree-vulkan-target` for a GPU.
 *
 * @param name The name that its driver reports.
 * @returns The target; `undefined` for a GPU that the compiler has no target for,
 * or that is unknown here.
 */
export function vulkanTargetOf(name: string): string | undefined {
  return TARGETS.find(([pattern]) => pattern.test(name))?.[1];
}

/** What was found out about this machine's GPU. */
export interface VulkanTarget {
  /** The flags for its target; none if it is unknown. */
  readonly flags: readonly string[];
  /** What was found, for people. */
  readonly note: string;
}

/**
 * Asks the device that a program is compiled for; nothing if the flags name a
 * target.
 *
 * @param target The compiler's target.
 * @param flags The caller's flags.
 * @param device The device's URI; by default, or for another value, the first
 * device.
 * @returns What was found; `undefined` if there was nothing to ask.
 */
export function askVulkanTarget(
  target: string | undefined,
  flags: readonly string[],
  device?: unknown,
): VulkanTarget | undefined {
  if (target !== "vulkan") return undefined;
  if (flags.some((it) => VULKAN_TARGET_FLAG.test(it))) return undefined;
  const it = findDevice(device);
  if (typeof it === "string") return unknown(it);
  const found = vulkanTargetOf(it.name);
  if (found === undefined) {
    return unknown(`no target is known for ${it.name}`);
  }
  const flag = `--iree-vulkan-target=${found}`;
  return { flags: [flag], note: `compiled for ${it.name}: ${flag}` };
}

function unknown(why: string): VulkanTarget {
  return {
    flags: [],
    note:
      `${why}; compiled for the compiler's default target, which computes ` +
      "f16 wrongly: name your GPU with --iree-vulkan-target",
  };
}

/** The device, or why there is none. */
function findDevice(uri: unknown): DeviceInfo | string {
  try {
    using instance = Instance.open();
    const devices = listDevices(instance, "vulkan");
    const found = devices.find((it) => it.uri === uri) ?? devices[0];
    return found ?? "no Vulkan device was found";
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    return `Vulkan is not available (${error.code})`;
  }
}
