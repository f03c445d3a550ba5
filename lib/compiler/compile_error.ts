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
  /** The compiler's diagnostics about the source. */
  readonly diagnostics: readonly Diagnostic[];

  /**
   * Creates an error.
   *
   * @param code The status code.
   * @param detail The failure.
   * @param diagnostics The compiler's diagnostics.
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
 * @param diagnostics The compiler's diagnostics; empty if they are only on
 * stderr.
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
      `'${name}' does not compile; the compiler printed the reason to stderr`,
      diagnostics,
      { hint: "errors contain the reason with --allow-ffi for all libraries" },
    );
}
