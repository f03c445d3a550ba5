import { IreeError } from "../base/error.ts";

/** How IREE says where Vulkan's loader may be named. */
const THEIRS = "specified with IREE_HAL_VULKAN_LIBVULKAN_PATH";

/** How it is named here, where no environment variable is read. */
const OURS = "named by the flag vulkan_libvulkan_search_path";

/**
 * Does what may make a driver load libraries of the system. Of a failure that
 * names an environment variable, which this library does not read, it tells
 * what takes its place.
 *
 * @param work What is done.
 * @returns What it gives.
 */
export function withDriver<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    const { code, detail, status, cause } = error;
    if (!detail.includes(THEIRS)) throw error;
    const told = new IreeError(code, detail.replace(THEIRS, OURS), {
      hint: "the flag is one of `iree run`, and of setIreeFlags",
      status,
      cause,
    });
    told.stack = error.stack?.replace(error.message, () => told.message);
    throw told;
  }
}
