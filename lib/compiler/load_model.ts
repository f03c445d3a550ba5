import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { mustBe } from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { KeptDevices } from "../program/kept_devices.ts";
import { type LoadAsyncOptions, loadKeeping } from "../program/load.ts";
import type {
  LoadedProgram,
  Program,
  ProgramFunctions,
} from "../program/program.ts";
import { findOrCompile } from "./compile.ts";
import { type CompileOptions, readFlags } from "./options.ts";
import { isSourcePath } from "./compile_source.ts";
import { targetOfDevice } from "./target.ts";
import { askVulkanTarget } from "./vulkan_target.ts";
import { loadWatched } from "./watch_model.ts";

/** Options for `loadModel`. */
export interface LoadModelOptions extends Omit<LoadAsyncOptions, "modules"> {
  /**
   * Options for compiling a source; not used for a `.vmfb`. The default target
   * is that of the option `device`, if it names a driver such as `vulkan`.
   */
  compile?: Omit<CompileOptions, "signal"> | undefined;
  /**
   * Whether to compile and load the file again when it is saved or replaced,
   * until the program is disposed. The program then calls its new functions.
   * Calls that have begun finish in the old ones, which are released afterwards.
   * Devices stay; the program's state starts anew. Objects that belong to the
   * program's old state, such as the functions of `lookupFunction`, are
   * disposed. Forks keep the state that they were made from.
   *
   * @default {false}
   */
  watch?: boolean | undefined;
  /**
   * Called after the file was loaded again, or with the error if that failed;
   * then the program stays as it was. By default, errors are printed.
   */
  onReload?: ((error?: unknown) => void) | undefined;
}

const OPTIONS: OptionNames<LoadModelOptions> = {
  compile: true,
  device: true,
  deviceOptions: true,
  leadDevice: true,
  library: true,
  moduleMode: true,
  onReload: true,
  parameterMode: true,
  parameters: true,
  signal: true,
  traceExecution: true,
  traceTensors: true,
  watch: true,
};

const COMPILE_OPTIONS: OptionNames<Omit<CompileOptions, "signal">> = {
  library: true,
  isolate: true,
  cache: true,
  target: true,
  flags: true,
  shapes: true,
  clean: true,
  name: true,
  onPhase: true,
  onDiagnostic: true,
};

/**
 * Compiles a model, or finds it in the cache, and loads it without blocking the
 * event loop. Prefers the program that `tune` or `iree compile --tune` made of the
 * model.
 *
 * @example
 * ```ts ignore needs a file
 * import { loadModel } from "@iree/runtime/compiler";
 *
 * using program = await loadModel("model.mlir", { device: "local-sync" });
 * console.log(program.functionNames);
 * ```
 *
 * @example A program that follows its file
 * ```ts ignore needs a file
 * import { loadModel } from "@iree/runtime/compiler";
 *
 * using program = await loadModel("model.mlir", {
 *   watch: true,
 *   onReload: (error) => console.log(error ?? "reloaded"),
 * });
 * Deno.serve(async () => Response.json(await program.computeAsync("next")));
 * ```
 *
 * @typeParam Functions Types of the program's functions.
 * @param path Path or URL: `.mlir`, `.mlirbc` and `.onnx` are compiled, anything else is
 * loaded as a `.vmfb`.
 * @param options Options for compiling and loading.
 * @returns The program, which the caller must dispose. Rejects with what
 * `compile` and `loadAsync` reject with, and with the signal's reason.
 */
export async function loadModel<Functions extends object = ProgramFunctions>(
  path: string | URL,
  options?: LoadModelOptions,
): Promise<Program<Functions>> {
  const { watch = false, onReload, compile: given, ...loading } = readOptions(
    options,
    OPTIONS,
  );
  const compile = given && readCompile(given);
  checkWatch(watch, onReload);
  const { signal } = loading;
  checkSignal(signal);
  const program = watch
    ? await loadWatched(path, signal, loadOnce, onReload)
    : await loadOnce(signal);
  return program as Program<Functions>;

  async function loadOnce(
    signal: AbortSignal | undefined,
    kept?: KeptDevices,
  ): Promise<LoadedProgram> {
    return await compileAndLoad(path, { ...loading, compile, signal }, kept);
  }
}

function readCompile(compile: CompileOptions): CompileOptions {
  const read = readOptions(compile, COMPILE_OPTIONS, "compile");
  return { ...read, flags: readFlags(read.flags) };
}

function checkWatch(watch: unknown, onReload: unknown): void {
  if (typeof watch !== "boolean") throw mustBe("watch", "a boolean", watch);
  if (onReload === undefined) return;
  if (typeof onReload !== "function") {
    throw mustBe("onReload", "a function", onReload);
  }
  if (watch) return;
  throw new IreeError("INVALID_ARGUMENT", "onReload requires watch: true");
}

async function compileAndLoad(
  path: string | URL,
  { compile, ...loading }: LoadModelOptions,
  kept: KeptDevices | undefined,
): Promise<LoadedProgram> {
  if (!isSourcePath(path)) {
    return await loadKeeping({ ...loading, modules: [path] }, kept);
  }
  const { signal, device } = loading;
  const target = hasTarget(compile) ? compile?.target : targetOfDevice(device);
  const flags = compile?.flags ?? [];
  const forDevice = askVulkanTarget(target, flags, device)?.flags ?? [];
  const { path: cached, bytes } = await findOrCompile(path, {
    ...compile,
    target,
    flags: [...flags, ...forDevice],
    signal,
  });
  return await loadKeeping({ ...loading, modules: [cached ?? bytes] }, kept);
}

function hasTarget(compile: CompileOptions | undefined): boolean {
  return compile?.target !== undefined || compile?.flags !== undefined;
}
