import { listDrivers } from "../../ffi/driver.ts";
import { IreeError, reword } from "../base/error.ts";
import { ownValue } from "../base/own_value.ts";
import { suggestion } from "../base/suggestion.ts";

/** IREE's advice on where to find Vulkan's loader. */
const THEIRS = "specified with IREE_HAL_VULKAN_LIBVULKAN_PATH";

/** Our advice: the library does not read environment variables. */
const OURS = "named by the flag vulkan_libvulkan_search_path";

/** IREE's message that NVIDIA's driver is missing, and its advice. */
const CUDA =
  /(CUDA driver library .* not available); please ensure installed and in dynamic library search path/;

/** Common names of devices, and the drivers for them. */
const ALIASES: Readonly<Record<string, string>> = {
  cpu: "local-task",
  "llvm-cpu": "local-task",
  local: "local-task",
  sync: "local-sync",
  task: "local-task",
  vmvx: "local-task",
  gpu: "vulkan",
  "vulkan-spirv": "vulkan",
};

/** Drivers of IREE that this library is built without. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  amdgpu: "the driver for AMD GPUs",
  cuda: "CUDA",
  hip: "HIP",
  metal: "Metal",
  rocm: "ROCm",
  webgpu: "WebGPU",
};

/**
 * Runs code that may make a driver load system libraries, and improves its
 * failures. Advice to set an environment variable, which this library ignores,
 * becomes advice to set a flag. The error for an unknown driver lists the
 * available ones.
 *
 * @param work The code to run.
 * @returns Its result.
 */
export function withDriver<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    throw explainDriver(error);
  }
}

function explainDriver(error: IreeError): IreeError {
  const { detail } = error;
  const unknown = /^no driver '([^]*?)' registered/.exec(detail);
  if (unknown !== null) {
    const [text, name = ""] = unknown;
    return reword(error, text, adviseDriver(name));
  }
  if (CUDA.test(detail)) {
    return reword(
      error,
      detail.replace(CUDA, "$1"),
      "install NVIDIA's driver; `iree devices` lists what works here",
    );
  }
  if (!detail.includes(THEIRS)) return error;
  return reword(
    error,
    detail.replace(THEIRS, OURS),
    "the flag is one of `iree run`, and of setIreeFlags",
  );
}

function adviseDriver(name: string): string {
  const names = listDrivers().map((driver) => driver.name);
  const known = `available drivers: ${names.join(", ")}`;
  const notBuilt = ownValue(NOT_BUILT, name);
  if (notBuilt !== undefined && !names.includes(name)) {
    return `${notBuilt} is not in this library; ${known}`;
  }
  const alias = ownValue(ALIASES, name);
  const meant = alias !== undefined && names.includes(alias)
    ? `; did you mean ${alias}?`
    : suggestion(name, names);
  return `${known}${meant}`;
}
