/**
 * Errors, the instance, the runtime library, and the base of everything else:
 * native objects, permissions, options, checks of arguments.
 *
 * @module
 */

export type { Bytes } from "./bytes.ts";
export { IreeError, type IreeErrorOptions, type StatusCode } from "./error.ts";
export { Instance, type InstanceOptions } from "./instance.ts";
export { NativeObject } from "./native_object.ts";
export { type Runtime, runtime, type RuntimeStatistics } from "./runtime.ts";
