import { encodeName } from "../../ffi/base/text.ts";
import { setFlag } from "../../ffi/tooling.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { demandFfi, demandWrite, toLoaderPath } from "../base/permissions.ts";

/**
 * IREE's flags that can be set, by name. A flag of text holds one value, one
 * that may be repeated several.
 */
const FLAGS: Readonly<Record<string, "one" | "several">> = {
  executable_plugin: "several",
  device_profiling_mode: "one",
  device_profiling_output: "one",
  device_profiling_filter_function: "one",
  device_profiling_filter_command_buffer: "one",
  device_profiling_filter_command_index: "one",
  device_profiling_filter_physical_device: "one",
  device_profiling_filter_queue: "one",
  device_profiling_counter: "several",
  device_profiling_flush_interval_ms: "one",
  print_device_statistics: "one",
  device_capture_tool: "one",
  device_capture_file: "one",
  device_capture_label: "one",
  vulkan_libvulkan_search_path: "several",
  vulkan_validation_layers: "one",
  vulkan_debug_utils: "one",
  vulkan_debug_verbosity: "one",
  vulkan_tracing: "one",
  vulkan_robust_buffer_access: "one",
  vulkan_sparse_binding: "one",
  vulkan_sparse_residency: "one",
  vulkan_buffer_device_addresses: "one",
  vulkan_dispatch_abi: "one",
  vulkan_cached_bda_replay_instances: "one",
  vulkan_cached_bda_replay_publication_bytes: "one",
  vulkan_retained_cached_bda_replay_instances: "one",
  vulkan_dedicated_compute_queue: "one",
};

/**
 * Sets flags of IREE's that nothing else here stands for: those of the Vulkan
 * driver, of plugins for executables, and of profiling.
 *
 * They hold for the whole process, for all its workers, and for good; what was
 * created before does not see them. Meant for command lines: set them once, at
 * the start. IREE takes a value that it does not understand for another one, so
 * check it before.
 *
 * Needs the right to what a flag names: `--allow-ffi` for a plugin and for a
 * library of Vulkan's, `--allow-write` for a file that is written.
 *
 * @example
 * ```ts ignore
 * import { Instance, load, setIreeFlags } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * setIreeFlags(instance, { executable_plugin: ["./plugin.so"] });
 * using program = load({ modules: ["model.vmfb"] });
 * ```
 *
 * @param instance The instance.
 * @param flags Values by name; several for a flag that can be repeated.
 */
export function setIreeFlags(
  instance: Instance,
  flags: Readonly<Record<string, string | readonly string[]>>,
): void {
  handleOf(instance);
  const entries = Object.entries(flags).flatMap(([name, given]) =>
    valuesOf(name, given).map((value) =>
      [name, toLoaderFlag(name, value)] as const
    )
  );
  for (const [, value] of entries) encodeName(value, "a flag");
  for (const [name, value] of entries) demandRights(name, value);
  for (const [name, value] of entries) setFlag(`--${name}=${value}`);
}

function valuesOf(
  name: string,
  given: string | readonly string[],
): readonly string[] {
  const count = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (count === undefined) {
    throw new IreeError("INVALID_ARGUMENT", `no flag '${name}' can be set`, {
      hint: `flags: ${Object.keys(FLAGS).join(", ")}`,
    });
  }
  const values = typeof given === "string" ? [given] : [...given];
  if (count === "several" || values.length === 1) return values;
  throw new IreeError("INVALID_ARGUMENT", `flag '${name}' has one value`);
}

// What is asked about is what is loaded.
function toLoaderFlag(name: string, value: string): string {
  switch (name) {
    case "executable_plugin":
      return value.startsWith("embedded:") ? value : toLoaderPath(value);
    case "vulkan_libvulkan_search_path":
      return toLoaderPath(value);
    default:
      return value;
  }
}

function demandRights(name: string, value: string): void {
  switch (name) {
    case "executable_plugin":
      return demandFfi(value.replace(/^embedded:/, ""));
    case "vulkan_libvulkan_search_path":
      return demandFfi(value);
    case "device_profiling_output":
    case "device_capture_file":
      return value === "" ? undefined : demandWrite(value);
  }
}
