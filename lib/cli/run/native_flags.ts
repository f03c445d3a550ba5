import type { Instance } from "../../../mod.ts";
import { setIreeFlags } from "../../tooling/mod.ts";
import type { Flag, FlagValues } from "../common/flags.ts";

/** IREE's integers of 64 bits, as far as a number is exact. */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
const MAX_U32 = 2 ** 32 - 1;
const MAX_I32 = 2 ** 31 - 1;

/** What is recorded of a device while the function runs. */
export const PROFILING_FLAGS = {
  print_device_statistics: {
    kind: "boolean",
    help: ["Prints statistics of the device to stderr, at the end."],
  },
  device_profiling_mode: {
    kind: "text",
    value: "FAMILY,…",
    default: "",
    help: [
      "What is recorded: queue-events, host-execution, device-queue-events,",
      "dispatch-events, memory-events, device-metrics, command-region-events,",
      "counters, counter-ranges, executable-metadata, executable-traces.",
    ],
  },
  device_profiling_output: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Where it is written to, for iree-profile."],
  },
  device_profiling_filter_function: {
    kind: "text",
    value: "PATTERN",
    default: "",
    help: ["Records only functions of executables with such names."],
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
    help: ["Records only one command of command buffers."],
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
    help: ["A counter of the hardware to record; repeat it for several."],
  },
  device_profiling_flush_interval_ms: {
    kind: "integer",
    value: "MILLISECONDS",
    min: 0,
    max: MAX_I32 as number,
    help: ["Writes what was recorded so often; 0 at the end only."],
  },
  device_capture_tool: {
    kind: "text",
    value: "NAME",
    default: "",
    help: ["Lets a tool capture what the device does: renderdoc or metal."],
  },
  device_capture_file: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Where the tool writes to."],
  },
  device_capture_label: {
    kind: "text",
    value: "TEXT",
    default: "",
    help: ["What the tool calls it."],
  },
} as const;

/** What is set of drivers. */
export const DRIVER_FLAGS = {
  executable_plugin: {
    kind: "list",
    value: "FILE",
    help: [
      "A library that code of programs can import from; repeat it for several.",
      "embedded:FILE, or a name that ends with .sos, is a portable one.",
    ],
  },
  vulkan_libvulkan_search_path: {
    kind: "list",
    value: "PATH",
    help: ["Where Vulkan's loader is looked for: a folder or a file."],
  },
  vulkan_validation_layers: {
    kind: "boolean",
    help: ["Asks for Vulkan's validation layers."],
  },
  vulkan_debug_utils: {
    kind: "boolean",
    help: ["Asks for Vulkan's debug utilities."],
  },
  vulkan_debug_verbosity: {
    kind: "integer",
    value: "LEVEL",
    min: 0,
    max: 4,
    help: ["What they print: 0 nothing, to 4 everything; 2 unless given."],
  },
  vulkan_tracing: {
    kind: "boolean",
    default: "true",
    help: ["Whether profiling has Vulkan's events: true unless given."],
  },
  vulkan_robust_buffer_access: {
    kind: "boolean",
    help: ["Asks for robust access to buffers."],
  },
  vulkan_sparse_binding: {
    kind: "boolean",
    help: ["Asks for sparse binding."],
  },
  vulkan_sparse_residency: {
    kind: "boolean",
    help: ["Asks for sparse residency."],
  },
  vulkan_buffer_device_addresses: {
    kind: "boolean",
    default: "true",
    help: ["Whether buffers have addresses: true unless given."],
  },
  vulkan_dispatch_abi: {
    kind: "choice",
    choices: ["all", "descriptor", "bda"],
    help: ["How executables get their arguments."],
  },
  vulkan_cached_bda_replay_instances: {
    kind: "integer",
    value: "COUNT",
    min: 0,
    max: MAX_I32 as number,
    help: ["How many replays of command buffers a queue keeps."],
  },
  vulkan_cached_bda_replay_publication_bytes: {
    kind: "integer",
    value: "BYTES",
    min: 0,
    max: MAX_INTEGER as number,
    help: ["How large they are together."],
  },
  vulkan_retained_cached_bda_replay_instances: {
    kind: "integer",
    value: "COUNT",
    min: 0,
    max: MAX_I32 as number,
    help: ["How many are left when the device is trimmed."],
  },
  vulkan_dedicated_compute_queue: {
    kind: "boolean",
    default: "true",
    help: ["Whether dispatches have a queue of their own: true unless given."],
  },
} as const;

type NativeFlags = typeof PROFILING_FLAGS & typeof DRIVER_FLAGS;

/**
 * Sets the flags above in IREE, for the process; those that are not given are
 * left as they are.
 *
 * @param instance The instance.
 * @param values Their values.
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
 * Whether a flag of profiling was given.
 *
 * @param values Values of the flags.
 */
export function isProfiling(
  values: FlagValues<typeof PROFILING_FLAGS>,
): boolean {
  return Object.entries<Flag>(PROFILING_FLAGS).some(([name, flag]) =>
    isGiven(flag, values[name as keyof typeof values])
  );
}
