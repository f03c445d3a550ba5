import type { NativePath } from "../../ffi/base/native_path.ts";
import { encodeName } from "../../ffi/base/text.ts";
import { checkLibraryFile, setFlag } from "../../ffi/tooling.ts";
import { copyArray, isRevoked, mustBe, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { ownValue } from "../base/own_value.ts";
import { loadablePath, writablePath } from "../base/permissions.ts";

/** A flag that can be set. */
interface Flag {
  /** Whether it may be repeated; otherwise it holds one value. */
  readonly isList?: true;
  /** What its value names, if native code opens it. */
  readonly path?: "plugin" | "library" | "output" | undefined;
}

/** IREE's flags that can be set, by name. */
const FLAGS: Readonly<Record<string, Flag>> = {
  executable_plugin: { isList: true, path: "plugin" },
  device_profiling_mode: {},
  device_profiling_output: { path: "output" },
  device_profiling_filter_function: {},
  device_profiling_filter_command_buffer: {},
  device_profiling_filter_command_index: {},
  device_profiling_filter_physical_device: {},
  device_profiling_filter_queue: {},
  device_profiling_counter: { isList: true },
  device_profiling_flush_interval_ms: {},
  print_device_statistics: {},
  device_capture_tool: {},
  device_capture_file: { path: "output" },
  device_capture_label: {},
  cuda_use_streams: {},
  cuda_async_allocations: {},
  cuda_default_index: {},
  vulkan_libvulkan_search_path: { isList: true, path: "library" },
  vulkan_validation_layers: {},
  vulkan_debug_utils: {},
  vulkan_debug_verbosity: {},
  vulkan_tracing: {},
  vulkan_robust_buffer_access: {},
  vulkan_sparse_binding: {},
  vulkan_sparse_residency: {},
  vulkan_buffer_device_addresses: {},
  vulkan_dispatch_abi: {},
  vulkan_cached_bda_replay_instances: {},
  vulkan_cached_bda_replay_publication_bytes: {},
  vulkan_retained_cached_bda_replay_instances: {},
  vulkan_dedicated_compute_queue: {},
};

/**
 * Sets IREE's flags that have no other API here: the drivers of GPUs,
 * executable plugins and profiling.
 *
 * They apply to the whole process and all its workers, and cannot be unset.
 * Existing objects ignore them. Meant for command lines: set them once, at the
 * start. IREE misreads invalid values without an error, so check them first.
 *
 * Needs the permission for what a flag names: `--allow-ffi` for a plugin or a
 * Vulkan library, `--allow-write` for an output file. Paths are resolved at
 * once, against the working directory.
 *
 * @example
 * ```ts ignore
 * import { Instance, load } from "@iree/runtime";
 * import { setIreeFlags } from "@iree/runtime/tooling";
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
  if (typeof flags !== "object" || flags === null || isRevoked(flags)) {
    throw mustBe("flags", "an object of values by name", flags);
  }
  const entries = Object.entries(flags).flatMap(([name, given]) => {
    const flag = flagOf(name);
    return valuesOf(name, flag, given).map((value) => {
      encodeName(value, "a flag");
      return [name, toNativeValue(name, flag, value)] as const;
    });
  });
  for (const [name, value] of entries) setFlag(`--${name}=${value}`);
}

function flagOf(name: string): Flag {
  const flag = ownValue(FLAGS, name);
  if (flag !== undefined) return flag;
  throw new IreeError("INVALID_ARGUMENT", `no flag '${name}' can be set`, {
    hint: `flags: ${Object.keys(FLAGS).join(", ")}`,
  });
}

function valuesOf(
  name: string,
  flag: Flag,
  given: string | readonly string[],
): readonly string[] {
  const values = typeof given === "string"
    ? [given]
    : copyArray(`flag '${name}'`, given, (it) => toText(`flag '${name}'`, it));
  if (flag.isList || values.length === 1) return values;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `flag '${name}' must have one value, got ${values.length}`,
  );
}

// IREE keeps the text and opens the path when it needs it.
function toNativeValue(name: string, { path }: Flag, value: string): string {
  switch (path) {
    case undefined:
      return value;
    case "output":
      return value === "" ? "" : keptWhole(name, writablePath(value));
    case "library":
      return keptWhole(name, loadablePath(value));
    case "plugin": {
      const [prefix = ""] = /^embedded:/.exec(value) ?? [];
      const plugin = loadablePath(value.slice(prefix.length));
      checkLibraryFile(plugin);
      return prefix + keptWhole(name, plugin);
    }
  }
}

// IREE trims trailing white space, which would name another file.
function keptWhole(name: string, path: NativePath): NativePath {
  if (!/[ \t\n\v\f\r]$/.test(path)) return path;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${name} must not end with white space, got '${path}'`,
  );
}
