import type { Instance } from "../../../mod.ts";
import { setIreeFlags } from "../../tooling/mod.ts";
import type { Flag, FlagValues } from "../common/flags.ts";

/** The range of IREE's 64-bit integers that numbers represent exactly. */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
const MAX_U32 = 2 ** 32 - 1;
const MAX_I32 = 2 ** 31 - 1;

/** Flags for device profiling. */
export const PROFILING_FLAGS = {
  print_device_statistics: {
    kind: "boolean",
    help: ["Prints device statistics to stderr at the end."],
  },
  device_profiling_mode: {
    kind: "text",
    value: "FAMILY,…",
    default: "",
    help: [
      "What to record: queue-events, host-execution, device-queue-events,",
      "dispatch-events, memory-events, device-metrics, command-region-events,",
      "counters, counter-ranges, executable-metadata, executable-traces.",
    ],
  },
  device_profiling_output: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["The file to write, for iree-profile."],
  },
  device_profiling_filter_function: {
    kind: "text",
    value: "PATTERN",
    default: "",
    help: ["Records only executable functions with matching names."],
  },
  device_profiling_filter_command_buffer: {
    kind: "integer",
    value: "ID",
    min: -1,
    max: MAX_INTEGER as number,
    help: ["Records only one command buffer."],
  },
  device_profiling_filter_command_index: {
    kind: "integer",
    value: "N",
    min: -1,
    max: MAX_U32 as number,
    help: ["Records only one command within command buffers."],
  },
  device_profiling_filter_physical_device: {
    kind: "integer",
    value: "N",
    min: -1,
    max: MAX_U32 as number,
    help: ["Records only one physical device."],
  },
  device_profiling_filter_queue: {
    kind: "integer",
    value: "N",
    min: -1,
    max: MAX_U32 as number,
    help: ["Records only one queue."],
  },
  device_profiling_counter: {
    kind: "list",
    value: "NAME",
    help: ["A hardware counter to record; repeat for several."],
  },
  device_profiling_flush_interval_ms: {
    kind: "integer",
    value: "MILLISECONDS",
    min: 0,
    max: MAX_I32 as number,
    help: ["Flush interval; 0 writes only at the end."],
  },
  device_capture_tool: {
    kind: "text",
    value: "NAME",
    default: "",
    help: ["Captures the device with an external tool: renderdoc or metal."],
  },
  device_capture_file: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["The file that the tool writes."],
  },
  device_capture_label: {
    kind: "text",
    value: "TEXT",
    default: "",
    help: ["The capture's label in the tool."],
  },
} as const;

/** Flags for drivers. */
export const DRIVER_FLAGS = {
  executable_plugin: {
    kind: "list",
    value: "FILE",
    help: [
      "A library that program code can import from; repeat for several.",
      "embedded:FILE, or a name ending in .sos, is a portable one.",
    ],
  },
  cuda_use_streams: {
    kind: "boolean",
    default: "true",
    help: [
      "Whether CUDA runs commands in streams, not graphs: true by default.",
    ],
  },
  cuda_async_allocations: {
    kind: "boolean",
    default: "true",
    help: ["Whether CUDA allocates in the order of a stream: true by default."],
  },
  cuda_default_index: {
    kind: "integer",
    value: "INDEX",
    min: 0,
    max: MAX_I32 as number,
    help: ["The GPU that --device=cuda selects: 0 by default."],
  },
  vulkan_libvulkan_search_path: {
    kind: "list",
    value: "PATH",
    help: ["Where to find Vulkan's loader: a folder or a file."],
  },
  vulkan_validation_layers: {
    kind: "boolean",
    help: ["Enables Vulkan's validation layers."],
  },
  vulkan_debug_utils: {
    kind: "boolean",
    help: ["Enables Vulkan's debug utilities."],
  },
  vulkan_debug_verbosity: {
    kind: "integer",
    value: "LEVEL",
    min: 0,
    max: 4,
    help: ["Their verbosity: 0 (nothing) to 4 (everything); 2 by default."],
  },
  vulkan_tracing: {
    kind: "boolean",
    default: "true",
    help: ["Whether profiles include Vulkan events: true by default."],
  },
  vulkan_robust_buffer_access: {
    kind: "boolean",
    help: ["Enables robust buffer access."],
  },
  vulkan_sparse_binding: {
    kind: "boolean",
    help: ["Enables sparse binding."],
  },
  vulkan_sparse_residency: {
    kind: "boolean",
    help: ["Enables sparse residency."],
  },
  vulkan_buffer_device_addresses: {
    kind: "boolean",
    default: "true",
    help: ["Whether buffers have device addresses: true by default."],
  },
  vulkan_dispatch_abi: {
    kind: "choice",
    choices: ["all", "descriptor", "bda"],
    help: ["How to pass arguments to executables."],
  },
  vulkan_cached_bda_replay_instances: {
    kind: "integer",
    value: "COUNT",
    min: 0,
    max: MAX_I32 as number,
    help: ["Number of command buffer replays that a queue caches."],
  },
  vulkan_cached_bda_replay_publication_bytes: {
    kind: "integer",
    value: "BYTES",
    min: 0,
    max: MAX_INTEGER as number,
    help: ["Total size of the cached replays."],
  },
  vulkan_retained_cached_bda_replay_instances: {
    kind: "integer",
    value: "COUNT",
    min: 0,
    max: MAX_I32 as number,
    help: ["Number of replays kept when the device is trimmed."],
  },
  vulkan_dedicated_compute_queue: {
    kind: "boolean",
    default: "true",
    help: ["Whether dispatches use a separate queue: true by default."],
  },
} as const;

type NativeFlags = typeof PROFILING_FLAGS & typeof DRIVER_FLAGS;

/**
 * Sets IREE's flags for the process; flags that are not given stay unchanged.
 *
 * @param instance The instance.
 * @param values The flags' values.
 */
export function setNativeFlags(
  instance: Instance,
  values: FlagValues<NativeFlags>,
): void {
  const set: Record<string, string | string[]> = {};
  const flags: NativeFlags = { ...PROFILING_FLAGS, ...DRIVER_FLAGS };
  for (const [name, flag] of Object.entries<Flag>(flags)) {
    const value = values[name as keyof typeof values];
    if (!isGiven(flag, value)) continue;
    set[name] = Array.isArray(value) ? value : `${value}`;
  }
  setIreeFlags(instance, set);
}

function isGiven(flag: Flag, value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const unset = flag.kind === "boolean"
    ? flag.default === "true"
    : flag.choices?.[0];
  return value !== undefined && value !== unset;
}

/**
 * Returns whether a profiling flag is set.
 *
 * @param values The flags' values.
 */
export function isProfiling(
  values: FlagValues<typeof PROFILING_FLAGS>,
): boolean {
  return Object.entries<Flag>(PROFILING_FLAGS).some(([name, flag]) =>
    isGiven(flag, values[name as keyof typeof values])
  );
}
