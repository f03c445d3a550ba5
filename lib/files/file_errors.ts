import { IreeError } from "../base/error.ts";

/**
 * Opens, reads or writes a file, and tells of a failure as IREE does. What Deno
 * refuses is thrown in Deno's own words.
 *
 * @param path The file, for the message.
 * @param act What is done with it.
 * @param message What has failed then.
 * @returns What that returns; throws NOT_FOUND when there is no such file, and
 * UNAVAILABLE for any other failure of the system.
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
