import type { TensorTracer } from "../hal/tensor_trace.ts";
import type { OptionNames } from "../base/options.ts";
import type { Device } from "../hal/device.ts";
import type { DeviceOptions } from "../hal/device_options.ts";
import type { ParameterMode } from "../parameters/options.ts";
import type { ParameterSource } from "../parameters/parameter_source.ts";
import type { ModuleMode } from "../vm/bytecode_module.ts";
import type { KeptDevices } from "./kept_devices.ts";
import type { ModuleSource } from "./module_source.ts";

/** Options for `load`. */
export interface LoadOptions {
  /**
   * The modules in order: those that define types or functions come before those
   * that use them. The last one is the main module. IREE's own modules are added
   * as needed.
   */
  modules: readonly ModuleSource[];
  /**
   * The device or its URI, for programs that use the HAL; an array for programs
   * that use several. Devices are created from URIs only if a program needs
   * them; existing devices must be one whole group in creation order. `auto` is
   * the device that tuning found for the main module. Without tuning, it is the
   * device that the program was compiled for; on the CPU, `local-sync` for
   * small programs.
   *
   * @default {the device that tuning found, else "local-task"}
   */
  device?: string | Device | readonly (string | Device)[] | undefined;
  /** Options for devices that are created from URIs. */
  deviceOptions?: DeviceOptions | undefined;
  /**
   * Which of several devices allocates memory that any of them can use.
   *
   * @default {0}
   */
  leadDevice?: number | undefined;
  /**
   * Whether program files are read or mapped.
   *
   * @default {"preload"}
   */
  moduleMode?: ModuleMode | undefined;
  /**
   * Parameters for programs whose weights are in files of their own: paths as
   * `file` or `scope=file`, URLs, indices with their scopes, or functions that
   * read them. Files of one scope are merged. They are opened only if a program
   * needs parameters.
   */
  parameters?: ParameterSource | readonly ParameterSource[] | undefined;
  /**
   * How programs read parameter files; see
   * `ParameterFileOptions`.
   *
   * @default {"file"}
   */
  parameterMode?: ParameterMode | undefined;
  /**
   * Print every operation of the VM to stderr.
   *
   * @default {false}
   */
  traceExecution?: boolean | undefined;
  /**
   * Receives the tensors of the programs' trace points (`flow.tensor.trace`),
   * which are printed to stderr without it. Needs unrestricted `--allow-ffi`.
   */
  traceTensors?: TensorTracer | undefined;
  /** Path of the shared library of the runtime; see `Instance.open`. */
  library?: string | URL | undefined;
}

/** Options of `load`, and what it adds to them. */
export interface LoadingOptions extends LoadOptions {
  /** The file of weights next to a program, used without other parameters. */
  readonly parametersBeside: () => string | undefined;
  /** Devices of the program that this one replaces. */
  readonly kept: KeptDevices | undefined;
}

/** The options of `load` and `loadAsync`. */
export const LOAD_OPTIONS: OptionNames<LoadOptions> = {
  modules: true,
  device: true,
  deviceOptions: true,
  leadDevice: true,
  moduleMode: true,
  parameters: true,
  parameterMode: true,
  traceExecution: true,
  traceTensors: true,
  library: true,
};
