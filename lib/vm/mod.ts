/**
 * Objects of the virtual machine: lists, buffers, references, modules of every
 * kind and their URIs.
 *
 * @module
 */

export { BuiltinModule, type BuiltinModuleName } from "./builtin_module.ts";
export {
  BytecodeModule,
  type BytecodeModuleOptions,
  type ModuleMode,
} from "./bytecode_module.ts";
export {
  DynamicModule,
  type DynamicModuleOptions,
  type ModuleParameters,
} from "./dynamic_module.ts";
export { HalModule } from "./hal_module.ts";
export { List, type ListOptions } from "./list.ts";
export {
  type FunctionDescription,
  Module,
  type ModuleDependency,
} from "./module.ts";
export type { Value, VmObject } from "./value.ts";
export { VmBuffer } from "./vm_buffer.ts";
export { VmRef } from "./vm_ref.ts";
