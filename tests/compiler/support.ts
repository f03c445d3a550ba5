import { join } from "@std/path";
import { findCompiler } from "../../lib/compiler/find_compiler.ts";
import { CompilerLibrary } from "../../ffi/compiler/library.ts";
import { failureOf, ROOT } from "../support.ts";
import { CompileError } from "../../lib/compiler/mod.ts";

/** The compiler under test. */
export const COMPILER: string = await findCompiler();

// The library stays open, so that no test is blamed for the resource.
CompilerLibrary.open(COMPILER);

/** A small source for scalars, which needs no target. */
export const TWICE = `func.func @twice(%x: i32) -> i32 {
  %y = arith.addi %x, %x : i32
  return %y : i32
}
`;

/** Path of a fixture's source. */
export function fixture(name: string): string {
  return join(ROOT, "tests/fixtures", name);
}

/** The error of a compile. */
export async function compileErrorOf(
  compile: Promise<unknown>,
): Promise<CompileError> {
  const error = await failureOf(compile);
  if (error instanceof CompileError) return error;
  throw error;
}
