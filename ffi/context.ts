/**
 * Contexts.
 *
 * @module
 */

import { native } from "./library/library.ts";
import { check, created } from "./library/status.ts";
import { loadContext } from "./load.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** `IREE_VM_CONTEXT_FLAG_TRACE_EXECUTION`. */
const TRACE_EXECUTION = 1;

/**
 * Creates a context of the modules and runs their initializers. It holds their
 * handles, so that they can be asked for their functions as long as it lives.
 */
export function createContext(
  instance: Handle,
  modules: readonly Handle[],
  traceExecution: boolean,
): Handle {
  const list = createModuleList(modules);
  try {
    const context = own(
      Kind.context,
      native.iree_ffi_context_create(
        instance.pointer(Kind.instance),
        traceExecution ? TRACE_EXECUTION : 0,
        list,
      ),
      instance,
    );
    return holdModules(context, modules);
  } finally {
    native.iree_ffi_release(Kind.moduleList, list);
  }
}

/** Does the same on another thread. */
export async function createContextLater(
  instance: Handle,
  modules: readonly Handle[],
  traceExecution: boolean,
): Promise<Handle> {
  const list = createModuleList(modules);
  // Their objects may be disposed meanwhile.
  for (const module of modules) module.retain();
  try {
    const devices = new Set(
      modules.flatMap((module) =>
        module.isShared ? [...module.deviceLifetime.devices] : []
      ),
    );
    const flags = traceExecution ? TRACE_EXECUTION : 0;
    return holdModules(
      await loadContext(instance, flags, list, devices),
      modules,
    );
  } finally {
    native.iree_ffi_release(Kind.moduleList, list);
    for (const module of modules) module.release();
  }
}

function createModuleList(modules: readonly Handle[]): Deno.PointerObject {
  const list = created(native.iree_ffi_module_list_create(modules.length));
  try {
    for (const module of modules) {
      check(
        native.iree_ffi_module_list_push(list, module.pointer(Kind.module)),
      );
    }
    return list;
  } catch (error) {
    native.iree_ffi_release(Kind.moduleList, list);
    throw error;
  }
}

function holdModules(context: Handle, modules: readonly Handle[]): Handle {
  // Programs keep their state in the context; a native module may keep some of
  // its own, which its other contexts see too.
  for (const module of modules) if (module.isShared) context.join(module);
  context.hold(modules);
  return context;
}

/** Creates a context of the same modules with a copy of the state. */
export function forkContext(
  context: Handle,
  modules: readonly Handle[],
): Handle {
  const fork = own(
    Kind.context,
    native.iree_ffi_context_fork(context.pointer(Kind.context)),
    context.instance,
  );
  // Objects in globals are both's.
  context.join(fork);
  fork.hold(modules);
  return fork;
}
