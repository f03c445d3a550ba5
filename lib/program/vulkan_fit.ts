import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { memorySource, withFile } from "../files/byte_source.ts";
import { compileCommand } from "../files/file_kind.ts";
import type { Device } from "../hal/device.ts";
import { listDevices } from "../hal/driver.ts";
import { readVulkanCode, type VulkanCode } from "../inspect/vulkan_code.ts";

/**
 * Throws if a program for Vulkan would compute wrong numbers on its devices: if
 * it divides sums among other subgroups than theirs.
 *
 * @param instance The instance.
 * @param name The program's name in messages.
 * @param program Its path or bytes.
 * @param devices The devices that it is loaded on.
 */
export function checkVulkanFit(
  instance: Instance,
  name: string,
  program: string | Bytes,
  devices: readonly Device[],
): void {
  const sizes = devices.filter(({ uri }) => uri.split(":")[0] === "vulkan")
    .map((device) => [device, subgroupSizeOf(device)] as const);
  const [first] = sizes;
  if (first === undefined) return;
  const code = readCode(program);
  // It may use one of several devices only.
  if (code === undefined || sizes.some(([, size]) => fits(code, size))) return;
  const [device, size] = first;
  throw new IreeError(
    "INCOMPATIBLE",
    `'${name}' is compiled for ${code.targets.join(" or ")}, which runs ` +
      `${code.subgroupSizes.join(" or ")} threads together; ` +
      `${describe(instance, device)} runs ${size}, so its sums would be wrong`,
    {
      hint: `compile it for this GPU: ${
        compileCommand("program.mlir")
      } --target=vulkan`,
    },
  );
}

function fits(code: VulkanCode, size: number): boolean {
  return code.subgroupSizes.some((it) =>
    it === size || code.workgroupSize <= Math.min(it, size)
  );
}

function subgroupSizeOf(device: Device): number {
  return Number(device.queryI64("vulkan.device", "subgroup_size"));
}

/** The URI, with the name that the driver gives to the GPU. */
function describe(instance: Instance, { uri }: Device): string {
  const devices = listDevices(instance, "vulkan");
  const found = devices.find((it) => it.uri === uri) ?? devices[0];
  return found === undefined ? `'${uri}'` : `'${uri}' (${found.name})`;
}

function readCode(program: string | Bytes): VulkanCode | undefined {
  try {
    return typeof program === "string"
      ? withFile(program, readVulkanCode)
      : readVulkanCode(memorySource(bytesOf(program, "the program")));
  } catch {
    // IREE has accepted the program; what is damaged here is nothing it needs.
    return undefined;
  }
}
