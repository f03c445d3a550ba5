/**
 * Contexts.
 *
 * @module
 */

import { addTo, forEachIn } from "./base/intrinsics.ts";
import { releaseDelayed } from "./host/active.ts";
import { native } from "./library/library.ts";
import { check, created } from "./library/status.ts";
import { loadContext } from "./load_async.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** `IREE_VM_CONTEXT_FLAG_TRACE_EXECUTION`. */
const TRACE_EXECUTION = 1;

/**
 * Creates a context of the modules and runs their initializers. Holds the
 * modules' handles, so that their functions can be looked up while the context
 * lives.
 */
export function createContext(
  instance: Handle,
  modules: readonly Handle[],
  traceExecution: boolean,
): Handle {
  const list = createModuleList(modules);
  // Functions that initializers call can dispose the modules and the instance.
  retainAll(instance, modules);
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
    releaseDelayed();
    releaseAll(instance, modules);
  }
}

/** Creates a context on another thread. */
export async function createContextLater(
  instance: Handle,
  modules: readonly Handle[],
  traceExecution: boolean,
): Promise<Handle> {
  const list = createModuleList(modules);
  // The caller may dispose them meanwhile.
  retainAll(instance, modules);
  try {
    const devices = new Set<Handle>();
    for (let i = 0; i < modules.length; i++) {
      const module = modules[i]!;
      if (!module.isShared) continue;
      forEachIn(module.deviceLifetime.devices, (it) => addTo(devices, it));
    }
    const flags = traceExecution ? TRACE_EXECUTION : 0;
    return holdModules(
      await loadContext(instance, flags, list, devices),
      modules,
    );
  } finally {
    native.iree_ffi_release(Kind.moduleList, list);
    releaseAll(instance, modules);
  }
}

function retainAll(instance: Handle, modules: readonly Handle[]): void {
  instance.retain();
  for (let i = 0; i < modules.length; i++) modules[i]!.retain();
}

function releaseAll(instance: Handle, modules: readonly Handle[]): void {
  for (let i = 0; i < modules.length; i++) modules[i]!.release();
  instance.release();
}

function createModuleList(modules: readonly Handle[]): Deno.PointerObject {
  const list = created(native.iree_ffi_module_list_create(modules.length));
  try {
    for (let i = 0; i < modules.length; i++) {
      const module = modules[i]!.pointer(Kind.module);
      check(native.iree_ffi_module_list_push(list, module));
    }
    return list;
  } catch (error) {
    native.iree_ffi_release(Kind.moduleList, list);
    throw error;
  }
}

function holdModules(context: Handle, modules: readonly Handle[]): Handle {
  // Programs keep their state in the context. A native module may have its own
  // state, which its other contexts share.
  for (let i = 0; i < modules.length; i++) {
    if (modules[i]!.isShared) context.join(modules[i]!);
  }
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
  // Both contexts share the objects in globals.
  context.join(fork);
  fork.hold(modules);
  return fork;
}
