/**
 * Loading on another thread: modules, parameter files and contexts.
 *
 * @module
 */

import type { NativePath } from "./base/native_path.ts";
import { forEachIn, toBigint } from "./base/intrinsics.ts";
import { encodeName } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, issued } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { runElsewhere } from "./ownership/thread_pool.ts";
import { PARAMETER_MODES, type ParameterMode } from "./parameter.ts";

const NO_DEVICES: ReadonlySet<Handle> = new Set();

/** Like `openBytecodeModule`, on another thread. */
export function loadModuleFile(
  instance: Handle,
  path: NativePath,
  map: boolean,
): Promise<Handle> {
  const bytes = encodeName(path, "the path of the module");
  return run(
    Kind.module,
    instance,
    native.iree_ffi_load_module_file(
      instance.pointer(Kind.instance),
      bytes,
      lengthOf(bytes),
      map ? 1 : 0,
    ),
  );
}

/**
 * Like `createBytecodeModule`, on another thread. Copies the bytes immediately.
 */
export function loadModuleBytes(
  instance: Handle,
  source: Bytes,
): Promise<Handle> {
  const bytes = bytesOf(source, "a program");
  return run(
    Kind.module,
    instance,
    native.iree_ffi_load_module_bytes(
      instance.pointer(Kind.instance),
      bytes,
      toBigint(lengthOf(bytes)),
    ),
  );
}

/** Like `openParameterFile`, on another thread. */
export function loadParameterFile(
  instance: Handle,
  path: NativePath,
  mode: ParameterMode,
  writable: boolean,
): Promise<Handle> {
  const bytes = encodeName(path, "the path of a parameter file");
  return run(
    Kind.parameterFile,
    instance,
    native.iree_ffi_load_parameter_file(
      instance.pointer(Kind.instance),
      bytes,
      lengthOf(bytes),
      PARAMETER_MODES[mode],
      writable ? 1 : 0,
    ),
  );
}

/**
 * Creates a context on another thread.
 *
 * @param instance The instance.
 * @param flags `iree_vm_context_flags_t`.
 * @param list The native list of the modules, which is copied.
 * @param devices The devices that the modules use.
 */
export function loadContext(
  instance: Handle,
  flags: number,
  list: Deno.PointerObject,
  devices: ReadonlySet<Handle>,
): Promise<Handle> {
  return run(
    Kind.context,
    instance,
    native.iree_ffi_load_context(
      instance.pointer(Kind.instance),
      flags,
      list,
    ),
    devices,
  );
}

// The calling thread may end meanwhile and release its objects: the load
// retains what it needs natively.
async function run(
  kind: Kind,
  instance: Handle,
  pointer: Deno.PointerValue,
  devices: ReadonlySet<Handle> = NO_DEVICES,
): Promise<Handle> {
  const load = own(Kind.load, pointer, instance);
  try {
    forEachIn(devices, (group) => {
      check(
        native.iree_ffi_load_hold_devices(
          load.pointer(Kind.load),
          group.pointer(Kind.deviceGroup),
        ),
      );
    });
    await runElsewhere(() => {
      const pointer = load.pointer(Kind.load);
      const ticket = issued(native.iree_ffi_load_begin(pointer));
      return native.iree_ffi_load_run(ticket);
    });
    const object = native.iree_ffi_load_take(load.pointer(Kind.load));
    return own(kind, object, instance);
  } finally {
    load.release();
  }
}
