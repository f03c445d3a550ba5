/**
 * Contexts and loaded programs.
 *
 * @module
 */

export { Context, type ContextOptions } from "./context.ts";
export { load, loadAsync, type LoadAsyncOptions } from "./load.ts";
export type { LoadOptions } from "./load_options.ts";
export type { ModuleSource } from "./module_source.ts";
export {
  LoadedProgram,
  type Program,
  type ProgramFunction,
  type ProgramFunctions,
} from "./program.ts";
export type { RunOptions } from "./run_options.ts";
export type { Named, NamedOutput, Structured } from "./typed_function.ts";
