/**
 * IREE's compiler: from MLIR to programs, in TypeScript.
 *
 * It needs the library of pip's `iree-base-compiler`, and runs it in a child
 * process by default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { load } from "@iree/runtime";
 * import { compile } from "@iree/runtime/compiler";
 *
 * const source = "func.func @one() -> i32 { %c = arith.constant 1 : i32\n" +
 *   "return %c : i32 }";
 * using program = load(await compile(source));
 * assertEquals(program.one(), 1);
 * ```
 *
 * @module
 */

export { CompileError } from "./compile_error.ts";
export { compile, compileProgram, findOrCompile } from "./compile.ts";
export { type CompiledProgram, Compiler } from "./compiler.ts";
export {
  type Diagnostic,
  type DiagnosticNote,
  type FindLine,
  formatDiagnostic,
  type Severity,
} from "./diagnostics.ts";
export { loadModel, type LoadModelOptions } from "./load_model.ts";
export type {
  CompileOptions,
  CompilerOptions,
  CompileTargetOptions,
} from "./options.ts";
export { importOnnx, type ImportOnnxOptions } from "./onnx_import.ts";
export type { ImportedModel } from "./onnx_process.ts";
export { type CompilePhase, PHASES } from "./phases.ts";
export {
  type CachedProgram,
  ProgramCache,
  type ProgramRecord,
} from "./program_cache.ts";
export type { ModelShapes } from "./model_shapes.ts";
export { type CompileSource, isSourcePath } from "./compile_source.ts";
export { targetOfDevice } from "./target.ts";
