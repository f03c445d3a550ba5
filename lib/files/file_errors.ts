import { IreeError } from "../base/error.ts";

/**
 * Opens, reads or writes a file and reports failures like IREE. Deno's
 * permission errors pass through.
 *
 * @param path The file, for the message.
 * @param act The operation.
 * @param message The message for a failure.
 * @returns The operation's result; throws NOT_FOUND if the file does not exist,
 * and UNAVAILABLE for any other system failure.
 */
export function overFile<T>(
  path: string,
  act: () => T,
  message = `failed to open file '${path}'`,
): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable || cause instanceof IreeError) {
      throw cause;
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IreeError(
      cause instanceof Deno.errors.NotFound ? "NOT_FOUND" : "UNAVAILABLE",
      message,
      { cause, hint: reason },
    );
  }
}
