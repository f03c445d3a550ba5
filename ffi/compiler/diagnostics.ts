/**
 * Receives the compiler's diagnostics.
 *
 * @module
 */

import { decode } from "../base/text.ts";
import type { CompilerLibrary } from "./library.ts";

/** How serious a diagnostic is. */
export type Severity = "note" | "warning" | "error" | "remark";

/** Severities, by their number in C. */
const SEVERITIES: readonly Severity[] = ["note", "warning", "error", "remark"];

/** Receives a diagnostic: its location, message and notes as one text. */
export type OnDiagnostic = (severity: Severity, text: string) => void;

const DEFINITION = {
  parameters: ["i32", "u64", "usize", "u64"],
  result: "void",
} as const;

/** Whether diagnostics can be received: only with unrestricted `--allow-ffi`. */
export function canReceiveDiagnostics(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** A function that the compiler calls from any of its threads. */
export class DiagnosticReceiver implements Disposable {
  readonly #callback: Deno.UnsafeCallback<typeof DEFINITION>;

  /**
   * Creates a receiver, which must outlive the compiler's invocation.
   *
   * @param library The library.
   * @param onDiagnostic Receives the diagnostics.
   */
  constructor(library: CompilerLibrary, onDiagnostic: OnDiagnostic) {
    this.#callback = new Deno.UnsafeCallback(
      DEFINITION,
      (severity, message, length) => {
        const bytes = library.readBytes(message, Number(length));
        onDiagnostic(SEVERITIES[severity] ?? "error", decode(bytes));
      },
    );
  }

  /** The function for the compiler. */
  get function(): Deno.PointerObject {
    return this.#callback.pointer;
  }

  /** Frees the function. */
  [Symbol.dispose](): void {
    this.#callback.close();
  }
}
