/**
 * Everything between a function and its results: arguments, the ways to call,
 * order, asynchronous calls.
 *
 * @module
 */

export type {
  Argument,
  CallResult,
  Computed,
  FlatResult,
  Structure,
} from "./argument.ts";
export type { Submission } from "./async_calls.ts";
export { BoundCall } from "./bound_call.ts";
export type { CallOptions } from "./call_options.ts";
export { VmFunction } from "./function.ts";
export { FunctionCalls } from "./function_calls.ts";
export { disposeStructure } from "./structure.ts";
