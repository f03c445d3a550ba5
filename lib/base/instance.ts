import { acquireInstance, instanceHasType } from "../../ffi/instance.ts";
import { toBoolean } from "./checks.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import { type OptionNames, readOptions } from "./options.ts";

const OPTIONS: OptionNames<InstanceOptions> = { library: true, bindAll: true };

/** Options for opening an instance. */
export interface InstanceOptions {
  /**
   * Path of the runtime library. If omitted, searches the environment variable
   * `IREE_RUNTIME_LIBRARY`, the standalone binary and its folder, and the user's
   * cache, where `iree setup` installs the library.
   */
  library?: string | URL | undefined;
  /**
   * Whether to bind all functions of the library now, which takes about ten
   * milliseconds, instead of each on first use. For programs that give up
   * `--allow-ffi` afterwards, and for tests with Deno's `--sanitize-resources`,
   * which reports functions bound during a test as leaks.
   *
   * @default {false}
   */
  bindAll?: boolean | undefined;
}

/**
 * The VM instance: the registry of types that modules share.
 *
 * A process has one, since IREE's type registrations are process-wide. Each
 * isolate opens it with an `Instance` of its own.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * assert(instance.hasType("hal.buffer_view"));
 * ```
 */
export class Instance extends NativeObject {
  /**
   * Opens the library on first use and retains the process's instance.
   *
   * @param options Where the library is, and when its functions are bound.
   * @returns The instance, which the caller must dispose.
   */
  static open(options?: InstanceOptions): Instance {
    const { library, bindAll = false } = readOptions(options, OPTIONS);
    toBoolean("bindAll", bindAll);
    return new Instance(acquireInstance(library, bindAll));
  }

  /**
   * Whether a type is registered, by IREE or by a loaded module.
   *
   * @param name Full name without `!`, such as `vm.list`, `hal.buffer_view` or
   * `custom.string`.
   */
  hasType(name: string): boolean {
    return instanceHasType(handleOf(this), name);
  }
}
