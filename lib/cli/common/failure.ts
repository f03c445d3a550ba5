import { IreeError } from "../../../mod.ts";
import { printError } from "./terminal.ts";

/**
 * Whether an error is a failure of the runtime or the system. Any other is a
 * bug.
 *
 * @param error What was thrown.
 */
export function isFailure(error: unknown): error is Error {
  return error instanceof IreeError ||
    error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && "code" in error);
}

/**
 * Prints a failure to standard error.
 *
 * @param error The failure.
 * @param verbose Whether to print it in full.
 */
export function printFailure(error: Error, verbose: boolean): void {
  printError(verbose ? traceOf(error) : error.message.trimEnd());
}

/** Formats an error in full: the stack, IREE's own text, the cause. */
function traceOf(error: Error): string {
  const parts = [error.stack ?? error.message];
  if (error instanceof IreeError && error.status !== undefined) {
    parts.push(`IREE: ${error.status.trimEnd()}`);
  }
  if (error.cause instanceof Error) {
    parts.push(`caused by: ${traceOf(error.cause)}`);
  }
  return parts.join("\n");
}
