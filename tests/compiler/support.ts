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

/** The repository as a URL, for scripts in other folders. */
export const ROOT_URL: string = new URL("../..", import.meta.url).href;

/** A source whose kernels take a moment to compile. */
export const SLOW: string = Array.from({ length: 4 }, (_, index) => {
  const [rows, columns] = [`${16 + index}x64xf32`, `64x${24 + index}xf32`];
  const result = `${16 + index}x${24 + index}xf32`;
  return `func.func @f${index}(%x: tensor<${rows}>, %y: tensor<${columns}>)
    -> tensor<${result}> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<${result}>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<${result}>)
    -> tensor<${result}>
  %z = linalg.matmul ins(%x, %y : tensor<${rows}>, tensor<${columns}>)
    outs(%fill : tensor<${result}>) -> tensor<${result}>
  return %z : tensor<${result}>
}
`;
}).join("");
