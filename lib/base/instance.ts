import { acquireInstance, instanceHasType } from "../../ffi/instance.ts";
import { toBoolean } from "./checks.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import { type OptionNames, readOptions } from "./options.ts";

const OPTIONS: OptionNames<InstanceOptions> = { library: true, bindAll: true };

/** Options for opening an instance. */
export interface InstanceOptions {
  /**
   * Path of the shared library of the runtime. If omitted, it is searched for: in
   * the environment variable `IREE_RUNTIME_LIBRARY`, in a standalone binary or
   * beside it, and in the cache of the user, where `iree setup` installs it.
   */
  library?: string | URL | undefined;
  /**
   * Whether all functions of the library are bound at once, which takes some
   * ten milliseconds; otherwise each is when it is used for the first time. For
   * programs that give up `--allow-ffi` afterwards, and for tests with Deno's
   * `--sanitize-resources`, which takes what is bound during a test for a leak.
   *
   * @default {false}
   */
  bindAll?: boolean | undefined;
}

/**
 * The VM instance: the registry of types that modules share.
 *
 * There is one per process, which every `Instance` of every worker refers to,
 * because IREE keeps its type registrations process-wide. Any number
 * of isolates can open it at once; each uses its own `Instance`.
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
   * Opens the library at the first use and retains the process's instance.
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
   * Whether a type is registered, by IREE or by a module that is loaded.
   *
   * @param name Full name without `!`, such as `vm.list`, `hal.buffer_view` or
   * `custom.string`.
   */
  hasType(name: string): boolean {
    return instanceHasType(handleOf(this), name);
  }
}
