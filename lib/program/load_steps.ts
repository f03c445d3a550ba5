import { type Bytes, isBytes } from "../../ffi/base/typed_array.ts";
import { copyArray, isArray, isUrl } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import { isReadableFile } from "../base/permissions.ts";
import { step, type Steps } from "../base/steps.ts";
import { readStdin, readStdinLater } from "../files/stdin.ts";
import type { DeviceOptions } from "../hal/device_options.ts";
import { checkParameterMode } from "../parameters/options.ts";
import { Module } from "../vm/module.ts";
import {
  type AutoDevice,
  autoDevice,
  deviceOfTuning,
  isAuto,
} from "./auto_device.ts";
import { createContextSteps } from "./context.ts";
import { addDependencies, checkDevice } from "./dependencies.ts";
import type { LoadOptions } from "./load_options.ts";
import {
  checkSource,
  loadModule,
  type ModuleSource,
  resolveSource,
} from "./module_source.ts";
import type { KeptDevices } from "./kept_devices.ts";
import { LoadedProgram } from "./program.ts";
import { SharedResources } from "./shared_resources.ts";

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
  const sources = [...modules];
  const { device } = options;
  const devices = isArray(device)
    ? copyArray("device", device, checkDevice)
    : device;
  const loading = isAuto(devices)
    ? { ...options, ...yield* chooseDevice(sources, options.deviceOptions) }
    : { ...options, ...tunedDevice(sources.at(-1)!, options) };
  const linked: Module[] = [];
  for (const source of sources) {
    const module = source instanceof Module
      ? source
      : stack.use(yield* loadModule(instance, source, options.moduleMode));
    const parameters = options.parameters ?? parametersBeside(source);
    const complete = { ...loading, parameters, kept };
    yield* addDependencies(instance, module, linked, complete, stack);
    linked.push(module);
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
  sources: ModuleSource[],
  given: DeviceOptions | undefined,
): Steps<AutoDevice> {
  const main = sources.at(-1)!;
  if (main === "-") {
    sources[sources.length - 1] = yield* step({
      now: readStdin,
      later: readStdinLater,
    });
  }
  return autoDevice(programOf(sources.at(-1)!), given);
}

/** The device of a program that was tuned, unless the caller names one. */
function tunedDevice(
  main: ModuleSource,
  { device, deviceOptions }: LoadOptions,
): AutoDevice | undefined {
  if (device !== undefined || main === "-") return undefined;
  if (isBytes(main)) return deviceOfTuning(main, deviceOptions);
  if (typeof main !== "string" && !isUrl(main)) return undefined;
  const uri = resolveSource(main);
  return uri.kind === "bytecode"
    ? deviceOfTuning(uri.path, deviceOptions)
    : undefined;
}

/** Scope of the weights that the ONNX importer writes to a file. */
const MODEL_SCOPE = "model";

// `iree import --externalize-params` writes weights next to the program.
function parametersBeside(source: ModuleSource): string | undefined {
  if (typeof source !== "string" && !isUrl(source)) return undefined;
  const uri = source === "-" ? undefined : resolveSource(source);
  if (uri?.kind !== "bytecode" || !uri.path.endsWith(".vmfb")) return undefined;
  const path = uri.path.replace(/vmfb$/, "irpa");
  return isReadableFile(path) ? `${MODEL_SCOPE}=${path}` : undefined;
}

function programOf(source: ModuleSource): string | Bytes {
  if (isBytes(source)) return source;
  if (typeof source === "string" || isUrl(source)) {
    const uri = resolveSource(source);
    if (uri.kind === "bytecode") return uri.path;
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "the main module must be a .vmfb or its bytes for the device 'auto'",
  );
}
