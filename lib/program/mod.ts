/**
 * Contexts and loaded programs.
 *
 * @module
 */

export { Context, type ContextOptions } from "./context.ts";
export {
  load,
  loadAsync,
  type LoadAsyncOptions,
  type LoadOptions,
  type ModuleSource,
} from "./load.ts";
export {
  LoadedProgram,
  type Program,
  type ProgramFunction,
  type ProgramFunctions,
  type RunOptions,
} from "./program.ts";
export type { Named, NamedOutput, Structured } from "./typed_function.ts";
