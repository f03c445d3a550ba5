import { IreeError } from "../../../mod.ts";

/** Paths that a shell passes for `<(command)` and standard input. */
const DESCRIPTOR = /^\/(?:dev\/fd\/\d+|dev\/stdin|proc\/self\/fd\/\d+)$/;

/**
 * Rejects files that may never end: devices, folders and pipes, except pipes
 * that the shell opened for this command. Missing files pass; opening them
 * reports the error.
 *
 * @param path The file, as given on the command line.
 */
export function checkInputFile(path: string): void {
  let info;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return;
  }
  const isPipe = info.isFifo || info.isSocket;
  if (info.isFile || (isPipe && DESCRIPTOR.test(path))) return;
  throw new IreeError("INVALID_ARGUMENT", `'${path}' is not a regular file`, {
    hint: isPipe ? "pass a pipe as <(cat PIPE)" : undefined,
  });
}
