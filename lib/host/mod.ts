/**
 * Modules written in TypeScript, whose functions programs call.
 *
 * @module
 */

export type {
  ArgumentTypes,
  ElementOf,
  HostArgument,
  HostArguments,
  HostObject,
  HostResult,
  HostResults,
  HostTensor,
  ResultTypes,
  SplitTypes,
  TrimmedType,
  WideInteger,
} from "./function_types.ts";
export type { AnyHostFunction } from "./host_function.ts";
export {
  type HeldValues,
  type HostContext,
  type HostFunction,
  HostModule,
  hostModule,
  HostModuleDescription,
  type HostModuleOptions,
} from "./host_module.ts";
export { HostType, hostType } from "./host_type.ts";
