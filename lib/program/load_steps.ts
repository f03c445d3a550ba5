import { type Bytes, isBytes } from "../../ffi/base/typed_array.ts";
import { copyArray, isArray } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import { isReadableFile } from "../base/permissions.ts";
import { step, type Steps } from "../base/steps.ts";
import { readStdin, readStdinLater } from "../files/stdin.ts";
import type { DeviceOptions } from "../hal/device_options.ts";
import { checkParameterMode } from "../parameters/options.ts";
import { HalModule } from "../vm/hal_module.ts";
import { Module } from "../vm/module.ts";
import type { ModuleUri } from "../vm/module_uri.ts";
import {
  type AutoDevice,
  autoDevice,
  deviceOfTuning,
  isAuto,
} from "./auto_device.ts";
import { createContextSteps } from "./context.ts";
import { addDependencies } from "./module_dependencies.ts";
import { checkDevice } from "./program_devices.ts";
import type { LoadOptions } from "./load_options.ts";
import {
  checkSource,
  findModule,
  type FoundModule,
  loadModule,
} from "./module_source.ts";
import type { KeptDevices } from "./kept_devices.ts";
import { LoadedProgram } from "./program.ts";
import { SharedResources } from "./shared_resources.ts";
import { checkVulkanFit } from "./vulkan_fit.ts";

/**
 * Loads modules into a context of their own.
 *
 * @param options The modules, devices and parameters.
 * @param kept Devices of the program that this one replaces.
 * @returns The program, which the caller must dispose.
 */
export function* loadSteps(
  options: LoadOptions,
  kept?: KeptDevices,
): Steps<LoadedProgram> {
  const modules = copyArray("modules", options.modules, checkSource);
  using stack = new DisposableStack();
  if (kept !== undefined) stack.use(kept.enter());
  const instance = stack.use(Instance.open({ library: options.library }));
  if (modules.length === 0) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "no user module specified; there must be at least one",
    );
  }
  const { parameterMode } = options;
  if (parameterMode !== undefined) checkParameterMode(parameterMode);
  const found = modules.map(findModule);
  const { device } = options;
  const devices = isArray(device)
    ? copyArray("device", device, checkDevice)
    : device;
  const loading = isAuto(devices)
    ? { ...options, ...yield* chooseDevice(found, options.deviceOptions) }
    : { ...options, ...tunedDevice(found.at(-1)!, options) };
  const { moduleMode } = options;
  const linked: Module[] = [];
  for (const { source: given, uri } of found) {
    const source = given === "-" ? yield* readInput() : given;
    const module = source instanceof Module
      ? source
      : stack.use(yield* loadModule(instance, source, uri, moduleMode));
    const complete = {
      ...loading,
      kept,
      parametersBeside: () => parametersBeside(uri),
    };
    yield* addDependencies(instance, module, linked, complete, stack);
    linked.push(module);
    const program = programOf({ source, uri });
    const hal = linked.find((it) => it instanceof HalModule);
    if (program !== undefined && hal !== undefined) {
      checkVulkanFit(instance, module.name, program, hal.devices);
    }
  }
  const { traceExecution } = options;
  const shared = new SharedResources(stack);
  using resources = shared.enter();
  const context = resources.use(
    yield* createContextSteps(instance, linked, { traceExecution }),
  );
  return new LoadedProgram(context, resources, shared);
}

/** Chooses the device for the main module, which is read from stdin first. */
function* chooseDevice(
  found: FoundModule[],
  given: DeviceOptions | undefined,
): Steps<AutoDevice> {
  const main = found.at(-1)!;
  if (main.source !== "-") return autoDevice(mainProgram(main), given);
  const source = yield* readInput();
  found[found.length - 1] = { source, uri: undefined };
  return autoDevice(source, given);
}

/** The device of a program that was tuned, unless the caller names one. */
function tunedDevice(
  main: FoundModule,
  { device, deviceOptions }: LoadOptions,
): AutoDevice | undefined {
  const program = device === undefined ? programOf(main) : undefined;
  return program === undefined
    ? undefined
    : deviceOfTuning(program, deviceOptions);
}

/** Scope of the weights that the ONNX importer writes to a file. */
const MODEL_SCOPE = "model";

// `iree import --externalize-params` writes weights next to the program.
function parametersBeside(uri: ModuleUri | undefined): string | undefined {
  if (uri?.kind !== "bytecode" || !uri.path.endsWith(".vmfb")) return undefined;
  const path = uri.path.replace(/vmfb$/, "irpa");
  return isReadableFile(path) ? `${MODEL_SCOPE}=${path}` : undefined;
}

function* readInput(): Steps<Uint8Array<ArrayBuffer>> {
  return yield* step({ now: readStdin, later: readStdinLater });
}

/** A program's path or bytes; `undefined` for any other module. */
function programOf({ source, uri }: FoundModule): string | Bytes | undefined {
  if (isBytes(source)) return source;
  return uri?.kind === "bytecode" ? uri.path : undefined;
}

function mainProgram(main: FoundModule): string | Bytes {
  const program = programOf(main);
  if (program !== undefined) return program;
  throw new IreeError(
    "INVALID_ARGUMENT",
    "the main module must be a .vmfb or its bytes for the device 'auto'",
  );
}
