/**
 * Modules written in TypeScript, whose functions programs call.
 *
 * @module
 */

export {
  HostModule,
  hostModule,
  HostModuleDescription,
} from "./host_module.ts";
export { HostType, hostType } from "./host_type.ts";
export type {
  HostContext,
  HostFunction,
  HostModuleOptions,
  HostParameters,
} from "./options.ts";
