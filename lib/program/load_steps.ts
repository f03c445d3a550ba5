import { type Bytes, isBytes } from "../../ffi/base/typed_array.ts";
import { copyArray, isArray, isUrl, mustBe } from "../base/checks.ts";
import { describeValue } from "../base/describe.ts";
import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import { handleIn } from "../base/native_object.ts";
import type { OptionNames } from "../base/options.ts";
import { isReadableFile, parseFileUrl, toPath } from "../base/permissions.ts";
import { step, type Steps } from "../base/steps.ts";
import { readStdin, readStdinLater } from "../files/stdin.ts";
import { Device, type DeviceOptions, isDevice } from "../hal/device.ts";
import { HostModuleDescription } from "../host/host_module.ts";
import {
  checkParameterMode,
  type ParameterMode,
} from "../parameters/options.ts";
import {
  loadParameters,
  type ParameterSource,
  toSources,
} from "../parameters/source.ts";
import {
  BUILTIN_MODULE_NAMES,
  BuiltinModule,
  type BuiltinModuleName,
} from "../vm/builtin_module.ts";
import {
  createModule,
  type ModuleMode,
  openModule,
} from "../vm/bytecode_module.ts";
import { DynamicModule } from "../vm/dynamic_module.ts";
import { HalModule } from "../vm/hal_module.ts";
import { Module } from "../vm/module.ts";
import { type ModuleUri, resolveModuleUri } from "../vm/module_uri.ts";
import { autoDevice, isAuto } from "./auto_device.ts";
import { createContextSteps } from "./context.ts";
import { LoadedProgram } from "./program.ts";
import { SharedResources } from "./shared_resources.ts";

/**
 * A module to load: the path or `file:` URL (also as text) of a `.vmfb`, or of a
 * native library as `library.so@export?key=value`; `-` for a `.vmfb` from stdin;
 * the bytes of a `.vmfb`, such as `await response.bytes()`; a loaded module,
 * which stays the caller's; or a module in TypeScript, from `hostModule`.
 */
export type ModuleSource =
  | string
  | URL
  | Bytes
  | Module
  | HostModuleDescription;

/** What to load and how. */
export interface LoadOptions {
  /**
   * The modules in order: those that define types or functions come before those
   * that use them. The last one is the main module. IREE's own modules are added
   * as needed.
   */
  modules: readonly ModuleSource[];
  /**
   * The device or its URI, for programs that use the HAL; an array for programs
   * that use several. Devices are created from URIs only if a program needs them;
   * existing devices must be one whole group in creation order. `auto` is what
   * tuning found for the main module; otherwise `local-sync` for small programs,
   * and the device that the program was compiled for.
   *
   * @default {"local-task"}
   */
  device?: string | Device | readonly (string | Device)[] | undefined;
  /** How devices are created from URIs. */
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
   * `file` or `scope=file`, URLs, or indices with their scopes. Files of one scope
   * are merged. They are opened only if a program needs parameters.
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
  /** Path of the shared library of the runtime; see `Instance.open`. */
  library?: string | URL | undefined;
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
  library: true,
};

/** The default device, as in `iree-run-module`. */
const DEFAULT_DEVICE = "local-task";

/**
 * Whether a value is a module to load, rather than options.
 *
 * @param value The value.
 */
export function isModuleSource(
  value: LoadOptions | ModuleSource,
): value is ModuleSource {
  return typeof value === "string" || isUrl(value) ||
    handleIn(value) !== undefined || value instanceof HostModuleDescription ||
    isBytes(value) || isAnswer(value);
}

/**
 * Loads modules into a context of their own.
 *
 * @param options What to load and how.
 * @returns The program, to be disposed.
 */
export function* loadSteps(options: LoadOptions): Steps<LoadedProgram> {
  const modules = copyArray("modules", options.modules, checkSource);
  using stack = new DisposableStack();
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
  const loading = isAuto(options.device)
    ? { ...options, ...yield* chooseDevice(sources, options.deviceOptions) }
    : options;
  const linked: Module[] = [];
  for (const source of sources) {
    const module = source instanceof Module
      ? source
      : stack.use(yield* loadModule(instance, source, options.moduleMode));
    const parameters = options.parameters ?? parametersBeside(source);
    const complete = { ...loading, parameters };
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

/** Chooses the device for the main module, which is read from stdin first. */
function* chooseDevice(
  sources: ModuleSource[],
  given: DeviceOptions | undefined,
): Steps<Pick<LoadOptions, "device" | "deviceOptions">> {
  const main = sources.at(-1)!;
  if (main === "-") {
    sources[sources.length - 1] = yield* step({
      now: readStdin,
      later: readStdinLater,
    });
  }
  return autoDevice(programOf(sources.at(-1)!), given);
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

function checkSource(source: ModuleSource): void {
  const isSource = typeof source === "string" || isUrl(source) ||
    isBytes(source) || handleIn(source) !== undefined ||
    source instanceof HostModuleDescription;
  if (!isSource) throw wrongSource(source);
}

function checkDevice(device: string | Device): void {
  if (typeof device === "string" || isDevice(device)) return;
  throw mustBe("a device", "a URI or a Device", device);
}

function* loadModule(
  instance: Instance,
  source: Exclude<ModuleSource, Module>,
  mode?: ModuleMode,
): Steps<Module> {
  if (source === "-") {
    const bytes = yield* step({ now: readStdin, later: readStdinLater });
    return yield* step(createModule(instance, bytes));
  }
  if (isBytes(source)) return yield* step(createModule(instance, source));
  if (source instanceof HostModuleDescription) return source.create(instance);
  const uri = resolveSource(source);
  return uri.kind === "dynamic"
    ? DynamicModule.load(instance, uri.path, {
      exportName: uri.exportName,
      parameters: uri.parameters,
    })
    : yield* step(openModule(instance, uri.path, { mode }));
}

// A library's URL has its parameters in the query or fragment; those of a
// program's, such as `?v=1`, do not name another file.
function resolveSource(source: string | URL): ModuleUri {
  const url = typeof source === "string" ? parseFileUrl(source) : source;
  if (url === undefined) return resolveModuleUri(source as string);
  const path = toPath(url);
  if (resolveModuleUri(path).kind !== "dynamic") {
    return { kind: "bytecode", path };
  }
  try {
    return resolveModuleUri(path + decodeURIComponent(url.search + url.hash));
  } catch (cause) {
    if (cause instanceof IreeError) throw cause;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${source}' has a percent sign that encodes nothing`,
      { cause },
    );
  }
}

function wrongSource(source: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `a module must be a path, a file: URL, bytes or a module, got ${
      describeValue(source)
    }`,
    isAnswer(source) ? { hint: "pass `await it.bytes()`" } : undefined,
  );
}

/** Whether the bytes of something are there later only. */
function isAnswer(value: unknown): value is never {
  return value instanceof Response || value instanceof Blob;
}

function* addDependencies(
  instance: Instance,
  module: Module,
  linked: Module[],
  options: LoadOptions,
  stack: DisposableStack,
): Steps<void> {
  for (const { name, optional } of module.dependencies) {
    if (linked.some((it) => it.name === name)) continue;
    if (name === "hal") {
      linked.push(stack.use(createHal(instance, options, stack)));
    } else if (name === "io_parameters") {
      const sources = toSources(options.parameters);
      const mode = options.parameterMode;
      linked.push(
        stack.use(yield* loadParameters(instance, sources, { mode })),
      );
    } else if (isBuiltinName(name)) {
      linked.push(stack.use(BuiltinModule.create(instance, name)));
    } else if (!optional) {
      throw missingModule(name, module, linked);
    }
  }
}

function createHal(
  instance: Instance,
  options: LoadOptions,
  stack: DisposableStack,
): HalModule {
  const { device = DEFAULT_DEVICE, deviceOptions, leadDevice } = options;
  const given: readonly (string | Device)[] = isArray(device)
    ? copyArray("device", device, checkDevice)
    : [device as string | Device];
  if (!isArray(device)) checkDevice(device as string | Device);
  const devices = given.filter(isDevice);
  if (devices.length > 0 && devices.length < given.length) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "devices are either all URIs or all devices of one group, not both",
    );
  }
  if (devices.length > 0) {
    if (deviceOptions !== undefined) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "deviceOptions are of devices that are created from URIs; these are " +
          "there already",
      );
    }
    return HalModule.create(instance, devices, leadDevice);
  }
  const uris = given as readonly string[];
  const created = Device.createGroup(instance, uris, deviceOptions);
  for (const it of created) stack.use(it);
  return HalModule.create(instance, created, leadDevice);
}

function isBuiltinName(name: string): name is BuiltinModuleName {
  return BUILTIN_MODULE_NAMES.some((it) => it === name);
}

function missingModule(
  name: string,
  module: Module,
  linked: readonly Module[],
): IreeError {
  const given = [...linked, module].map((it) => it.name);
  return new IreeError(
    "NOT_FOUND",
    `required module '${name}' not available (modules must be registered in ` +
      `order with dependent modules following those they depend upon)`,
    {
      hint: `module '${module.name}' needs it; modules given up to there, in ` +
        `order: ${given.join(", ")}`,
    },
  );
}
