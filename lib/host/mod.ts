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
export {
  HostModule,
  hostModule,
  HostModuleDescription,
} from "./host_module.ts";
export { HostType, hostType } from "./host_type.ts";
export type {
  AnyHostFunction,
  HeldValues,
  HostContext,
  HostFunction,
  HostModuleOptions,
  HostParameters,
} from "./options.ts";
