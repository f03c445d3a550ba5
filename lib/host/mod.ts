/**
 * Modules written in TypeScript, whose functions programs call.
 *
 * @module
 */

export type {
  ArgumentTypes,
  HostArgument,
  HostArguments,
  HostResult,
  HostResults,
  ResultTypes,
} from "./function_types.ts";
export {
  type HostContext,
  type HostFunction,
  HostModule,
  hostModule,
  HostModuleDescription,
  type HostModuleOptions,
} from "./host_module.ts";
export { HostType, hostType } from "./host_type.ts";
