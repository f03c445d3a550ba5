import { type OptionNames, readOptions } from "../base/options.ts";
import { loadAsync, type LoadAsyncOptions } from "../program/load.ts";
import type { Program, ProgramFunctions } from "../program/program.ts";
import { compileProgram } from "./compiler.ts";
import type { CompileOptions } from "./options.ts";
import { isSourcePath } from "./source.ts";
import { targetOfDevice } from "./target.ts";

/** Options for `loadModel`. */
export interface LoadModelOptions extends Omit<LoadAsyncOptions, "modules"> {
  /**
   * Options for compiling a source; not used for a `.vmfb`. The default target
   * is that of the option `device`, if it names a driver such as `vulkan`.
   */
  compile?: Omit<CompileOptions, "signal"> | undefined;
}

const OPTIONS: OptionNames<LoadModelOptions> = {
  compile: true,
  device: true,
  deviceOptions: true,
  leadDevice: true,
  library: true,
  moduleMode: true,
  parameterMode: true,
  parameters: true,
  signal: true,
  traceExecution: true,
};

const COMPILE_OPTIONS: OptionNames<Omit<CompileOptions, "signal">> = {
  library: true,
  isolate: true,
  cache: true,
  target: true,
  flags: true,
  name: true,
  onPhase: true,
  onDiagnostic: true,
};

/**
 * Compiles a model, or finds it in the cache, and loads it without blocking the
 * event loop.
 *
 * @example
 * ```ts ignore needs a file
 * import { loadModel } from "@iree/runtime/compiler";
 *
 * using program = await loadModel("model.mlir", { device: "local-sync" });
 * console.log(program.functionNames);
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
  const { compile: given, ...loading } = readOptions(options, OPTIONS);
  const compile = given && readOptions(given, COMPILE_OPTIONS, "compile");
  if (!isSourcePath(path)) {
    return await loadAsync<Functions>({ ...loading, modules: [path] });
  }
  const { signal, device } = loading;
  const target = targetOfDevice(device);
  const { path: kept, bytes } = await compileProgram(path, {
    ...(hasTarget(compile) ? {} : { target }),
    ...compile,
    signal,
  });
  return await loadAsync<Functions>({ ...loading, modules: [kept ?? bytes] });
}

function hasTarget(compile: CompileOptions | undefined): boolean {
  return compile?.target !== undefined || compile?.flags !== undefined;
}
