import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import { loadModuleBytes, loadModuleFile } from "../../ffi/load_async.ts";
import { createBytecodeModule, openBytecodeModule } from "../../ffi/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { toName } from "../base/checks.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { readablePath, toPath } from "../base/permissions.ts";
import type { Step } from "../base/steps.ts";
import { memorySource } from "../files/byte_source.ts";
import { Module } from "./module.ts";
import { explainBytes, explainFile } from "./program_failure.ts";

/**
 * How to load the file of a bytecode module: `preload` reads it, `mmap` maps
 * it, so that unused parts are never read.
 */
export type ModuleMode = "preload" | "mmap";

/** Options for loading a bytecode module from a file. */
export interface BytecodeModuleOptions {
  /**
   * How to load the file. Do not change a mapped file while the module exists.
   *
   * @default {"preload"}
   */
  mode?: ModuleMode | undefined;
}

/**
 * A compiled program: a `.vmfb` written by `iree-compile`.
 *
 * Its types must be registered before it is loaded, so load the modules that
 * define them first.
 *
 * @example
 * ```ts ignore
 * import { BytecodeModule, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using model = BytecodeModule.fromFile(instance, "model.vmfb", {
 *   mode: "mmap",
 * });
 * console.log(model.name, model.exports.map(({ name }) => name));
 * ```
 */
export class BytecodeModule extends Module {
  /**
   * Loads a program from a file. Needs `--allow-read` for it.
   *
   * @param instance The instance.
   * @param path Path or `file:` URL.
   * @param options How to load the file.
   * @returns The module; throws NOT_FOUND if the file cannot be opened, and
   * INVALID_ARGUMENT if it is not a regular file or not a compiled program.
   */
  static fromFile(
    instance: Instance,
    path: string | URL,
    options?: BytecodeModuleOptions,
  ): BytecodeModule {
    return openModule(instance, path, options).now();
  }

  /**
   * Loads a program from bytes.
   *
   * @param instance The instance.
   * @param bytes The bytes of a `.vmfb`; copied once.
   * @returns The module; throws INVALID_ARGUMENT if it is not a compiled
   * program.
   */
  static fromBytes(
    instance: Instance,
    bytes: Bytes,
  ): BytecodeModule {
    return createModule(instance, bytes).now();
  }
}

const MODES: readonly ModuleMode[] = ["preload", "mmap"];

const OPTIONS: OptionNames<BytecodeModuleOptions> = { mode: true };

/**
 * Loads a file; see {@linkcode BytecodeModule.fromFile}.
 *
 * @param instance The instance.
 * @param path Path or `file:` URL.
 * @param options How the file gets into memory.
 */
export function openModule(
  instance: Instance,
  path: string | URL,
  options?: BytecodeModuleOptions,
): Step<BytecodeModule> {
  const { mode = "preload" } = readOptions(options, OPTIONS);
  toName("mode", mode, MODES);
  const file = readablePath(toPath(path));
  const map = mode === "mmap";
  return moduleStep(
    () => openBytecodeModule(handleOf(instance), file, map),
    () => loadModuleFile(handleOf(instance), file, map),
    (error) => explainFile(error, file),
  );
}

/**
 * Loads bytes; see {@linkcode BytecodeModule.fromBytes}.
 *
 * @param instance The instance.
 * @param bytes The program.
 */
export function createModule(
  instance: Instance,
  bytes: Bytes,
): Step<BytecodeModule> {
  return moduleStep(
    () => createBytecodeModule(handleOf(instance), bytes),
    () => loadModuleBytes(handleOf(instance), bytes),
    (error) => {
      try {
        return explainBytes(error, memorySource(bytesOf(bytes, "a program")));
      } catch {
        // They are detached by now.
        return error;
      }
    },
  );
}

function moduleStep(
  now: () => Handle,
  later: () => Promise<Handle>,
  explain: (error: unknown) => unknown,
): Step<BytecodeModule> {
  return {
    now: () => {
      try {
        return new BytecodeModule(now());
      } catch (error) {
        throw explain(error);
      }
    },
    later: async () => {
      try {
        return new BytecodeModule(await later());
      } catch (error) {
        throw explain(error);
      }
    },
  };
}
