import { IreeError } from "../../../mod.ts";

/**
 * Converts an error of opening a file to IREE's wording.
 *
 * @param error The error that Deno threw.
 * @param path The file.
 * @returns The error to throw; Deno's own for a missing permission.
 */
export function asFileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) {
    return error;
  }
  const code = error instanceof Deno.errors.NotFound
    ? "NOT_FOUND"
    : error instanceof Deno.errors.PermissionDenied
    ? "PERMISSION_DENIED"
    : "UNKNOWN";
  return new IreeError(code, `unable to open file '${path}'`, {
    hint: error.message,
    cause: error,
  });
}
