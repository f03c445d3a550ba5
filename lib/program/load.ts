import { checkSignal } from "../base/abort_signal.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { runLater, runNow } from "../base/steps.ts";
import type { KeptDevices } from "./kept_devices.ts";
import { LOAD_OPTIONS, type LoadOptions } from "./load_options.ts";
import { loadSteps } from "./load_steps.ts";
import { isModuleSource, type ModuleSource } from "./module_source.ts";
import type { LoadedProgram, Program, ProgramFunctions } from "./program.ts";

/**
 * Loads modules into a context of their own, ready to be called by name.
 *
 * @example A program that imports from a native module
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * interface Functions {
 *   add(a: number, b: number): number;
 * }
 * using program = load<Functions>({
 *   modules: ["./module.so@create_custom_module?key=value", "example.vmfb"],
 *   device: "local-sync",
 * });
 * console.log(program.add(1, 2));
 * ```
 *
 * @example A loaded module
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BuiltinModule, Instance, load } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using vmvx = BuiltinModule.create(instance, "vmvx");
 * using program = load({ modules: [vmvx] });
 * assertEquals(program.mainModule.name, "vmvx");
 * ```
 *
 * @typeParam Functions Types of the main module's functions; by default, every
 * name is a function that accepts any values.
 * @param options The modules, devices and parameters.
 * @returns The program, which the caller must dispose.
 */
export function load<Functions extends object = ProgramFunctions>(
  options: LoadOptions,
): Program<Functions>;
/**
 * Loads one module.
 *
 * @example
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * using program = load("model.vmfb", { device: "local-sync" });
 * const response = await fetch("https://example.com/model.vmfb");
 * using fetched = load(await response.bytes());
 * ```
 *
 * @typeParam Functions Types of the module's functions.
 * @param module The module.
 * @param options The devices and parameters.
 */
export function load<Functions extends object = ProgramFunctions>(
  module: ModuleSource,
  options?: Omit<LoadOptions, "modules">,
): Program<Functions>;
export function load<Functions extends object = ProgramFunctions>(
  given: LoadOptions | ModuleSource,
  rest?: Omit<LoadOptions, "modules">,
): Program<Functions> {
  const options = withModule(given, rest, LOAD_OPTIONS);
  const program = runNow(loadSteps(options));
  return program as Program<Functions>;
}

/** Options for `loadAsync`. */
export interface LoadAsyncOptions extends LoadOptions {
  /** Stops loading when it is aborted. */
  signal?: AbortSignal | undefined;
}

/**
 * Loads like {@linkcode load} without blocking the event loop: other threads
 * read and verify programs, map files, preload parameters and run the
 * initializers of programs. Opening native libraries and creating devices still
 * blocks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BuiltinModule, Instance, loadAsync } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using vmvx = BuiltinModule.create(instance, "vmvx");
 * const signal = AbortSignal.timeout(60_000);
 * using program = await loadAsync({ modules: [vmvx], signal });
 * assertEquals(program.mainModule.name, "vmvx");
 * ```
 *
 * @typeParam Functions Types of the main module's functions.
 * @param options The modules, devices and parameters.
 * @returns The program, which the caller must dispose. Rejects with what `load`
 * throws, or with the signal's reason once the current step has ended; then
 * nothing stays loaded.
 */
export function loadAsync<Functions extends object = ProgramFunctions>(
  options: LoadAsyncOptions,
): Promise<Program<Functions>>;
/**
 * Loads one module without blocking the event loop.
 *
 * @typeParam Functions Types of the module's functions.
 * @param module The module.
 * @param options The devices and parameters.
 */
export function loadAsync<Functions extends object = ProgramFunctions>(
  module: ModuleSource,
  options?: Omit<LoadAsyncOptions, "modules">,
): Promise<Program<Functions>>;
export async function loadAsync<Functions extends object = ProgramFunctions>(
  given: LoadAsyncOptions | ModuleSource,
  rest?: Omit<LoadAsyncOptions, "modules">,
): Promise<Program<Functions>> {
  const options = withModule(given, rest, ASYNC_OPTIONS);
  return await loadKeeping(options) as Program<Functions>;
}

/**
 * Loads like {@linkcode loadAsync}, on devices of a program that this one
 * replaces.
 *
 * @param options What to load and how.
 * @param kept The devices.
 * @internal
 */
export async function loadKeeping(
  options: LoadAsyncOptions,
  kept?: KeptDevices,
): Promise<LoadedProgram> {
  const signal = checkSignal(options.signal);
  const program = await runLater(loadSteps(options, kept), signal);
  if (signal?.aborted) {
    program.dispose();
    throw signal.reason;
  }
  return program;
}

const ASYNC_OPTIONS: OptionNames<LoadAsyncOptions> = {
  ...LOAD_OPTIONS,
  signal: true,
};

function withModule<Options extends LoadOptions>(
  given: Options | ModuleSource,
  rest: Omit<Options, "modules"> | undefined,
  names: OptionNames<Options>,
): Readonly<Options> {
  return isModuleSource(given)
    ? { ...readOptions(rest as Options, names), modules: [given] }
    : readOptions(given, names);
}
