import { type CompiledProgram, Compiler } from "./compiler.ts";
import {
  type CompileOptions,
  type CompileTargetOptions,
  readCompileOptions,
} from "./options.ts";
import type { CompileSource } from "./compile_source.ts";

/**
 * Compiles a source to a program, a `.vmfb`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { load } from "@iree/runtime";
 * import { compile } from "@iree/runtime/compiler";
 *
 * const source = "func.func @one() -> i32 { %c = arith.constant 1 : i32\n" +
 *   "return %c : i32 }";
 * using program = load(await compile(source, { target: "generic" }));
 * assertEquals(program.one(), 1);
 * ```
 *
 * @param source MLIR text, MLIR bytecode, a path or a URL.
 * @param options The target, flags and compiler.
 * @returns The program; rejects with a `CompileError` if the source is invalid.
 */
export async function compile(
  source: CompileSource,
  options?: CompileOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return (await compileProgram(source, options)).bytes;
}

/**
 * Compiles a source, and also returns how the program was made.
 *
 * @param source MLIR text, MLIR bytecode, a path or a URL.
 * @param options The target, flags and compiler.
 * @returns The program; rejects as `compile` does.
 */
export async function compileProgram(
  source: CompileSource,
  options?: CompileOptions,
): Promise<CompiledProgram> {
  return await withCompiler(
    options,
    (compiler, target) => compiler.compileProgram(source, target),
  );
}

/**
 * Finds the program that tuning made of a source, or compiles it.
 *
 * @param source MLIR text, MLIR bytecode, a path or a URL.
 * @param options The target, flags and compiler.
 * @returns The program; rejects as `compileProgram` does.
 */
export async function findOrCompile(
  source: CompileSource,
  options?: CompileOptions,
): Promise<CompiledProgram> {
  return await withCompiler(
    options,
    async (compiler, target) =>
      await compiler.findTuned(source, target) ??
        await compiler.compileProgram(source, target),
  );
}

async function withCompiler<T>(
  options: CompileOptions | undefined,
  work: (compiler: Compiler, target: CompileTargetOptions) => Promise<T>,
): Promise<T> {
  const { compiler: opening, target } = readCompileOptions(options);
  const compiler = await Compiler.open(opening);
  try {
    return await work(compiler, target);
  } finally {
    const end = compiler.dispose();
    // In this process, an aborted compile continues.
    if (target.signal?.aborted !== true) await end;
  }
}
