import { IreeError, type IreeErrorOptions } from "../base/error.ts";
import type { StatusCode } from "../base/error.ts";
import { type Diagnostic, formatDiagnostic, linesOf } from "./diagnostics.ts";

/**
 * A source that does not compile.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { compile, CompileError } from "@iree/runtime/compiler";
 *
 * const error = await compile("func.func @f( {").catch((error) => error);
 * assert(error instanceof CompileError);
 * assertEquals(error.diagnostics[0]?.severity, "error");
 * ```
 */
export class CompileError extends IreeError {
  /** Everything that the compiler says about the source. */
  readonly diagnostics: readonly Diagnostic[];

  /**
   * Creates an error.
   *
   * @param code The status code.
   * @param detail What happened.
   * @param diagnostics What the compiler says.
   * @param options Hint and cause.
   */
  constructor(
    code: StatusCode,
    detail: string,
    diagnostics: readonly Diagnostic[],
    options?: IreeErrorOptions,
  ) {
    super(code, detail, options);
    this.diagnostics = diagnostics;
  }
}

/**
 * Describes a failed compile.
 *
 * @param name The source's name.
 * @param source The source.
 * @param diagnostics What the compiler says; without it, it has printed it.
 */
export function compileFailure(
  name: string,
  source: Uint8Array<ArrayBuffer>,
  diagnostics: readonly Diagnostic[],
): CompileError {
  const lines = linesOf(name, source);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const text = errors.map((it) => formatDiagnostic(it, lines));
  return text.length > 0
    ? new CompileError(
      "INVALID_ARGUMENT",
      `'${name}' does not compile:\n${text.join("\n")}`,
      diagnostics,
    )
    : new CompileError(
      "INVALID_ARGUMENT",
      `'${name}' does not compile; the compiler printed why to stderr`,
      diagnostics,
      { hint: "errors contain the reason with --allow-ffi for all libraries" },
    );
}
