import {
  type Device,
  load,
  type LoadedProgram,
  type ModuleMode,
  type ModuleSource,
  type ParameterMode,
  type ParameterProvider,
} from "../../../mod.ts";
import type { FlagValues } from "../common/flags.ts";
import type { CAPTURE_FLAGS } from "../common/profile_flag.ts";
import {
  type TASK_TOPOLOGY_FLAGS,
  type TASK_WORKER_FLAGS,
  taskTopologyOf,
  taskWorkerOf,
} from "../common/task_flags.ts";
import type { DEVICE_FLAGS, MAIN_FLAGS, WATCH_FLAGS } from "./flags.ts";

/** Flags for loading a program. */
export type ProgramFlags =
  & Pick<
    FlagValues<typeof MAIN_FLAGS>,
    "device" | "module_mode" | "parameter_mode" | "parameters"
  >
  & Pick<
    FlagValues<typeof DEVICE_FLAGS>,
    "device_allocator" | "device_lead_allocator"
  >
  & FlagValues<typeof TASK_TOPOLOGY_FLAGS & typeof TASK_WORKER_FLAGS>
  & Pick<FlagValues<typeof WATCH_FLAGS>, "trace_execution">
  & Partial<FlagValues<typeof CAPTURE_FLAGS>>;

/**
 * Loads a program as flags say.
 *
 * @param flags The flags.
 * @param modules The modules, which may have been compiled.
 * @param providers Parameters besides those of the flags.
 * @param devices Devices in place of those of the flags.
 */
export function loadProgram(
  flags: ProgramFlags,
  modules: readonly ModuleSource[],
  providers: readonly ParameterProvider[] = [],
  devices?: readonly Device[],
): LoadedProgram {
  const parameters = [...flags.parameters, ...providers];
  return load({
    modules,
    moduleMode: flags.module_mode as ModuleMode,
    device: devices ?? (flags.device.length > 0 ? flags.device : undefined),
    deviceOptions: devices === undefined
      ? {
        allocators: flags.device_allocator,
        topology: taskTopologyOf(flags),
        worker: taskWorkerOf(flags),
      }
      : undefined,
    leadDevice: flags.device_lead_allocator,
    parameters: parameters.length > 0 ? parameters : undefined,
    parameterMode: flags.parameter_mode as ParameterMode,
    // A profile records operations itself.
    traceExecution: flags.trace_execution && flags.profile === undefined,
  });
}
