import { IreeError } from "../../../mod.ts";

/** What a shell passes for `<(command)` and for standard input. */
const DESCRIPTOR = /^\/(?:dev\/fd\/\d+|dev\/stdin|proc\/self\/fd\/\d+)$/;

/**
 * Refuses a file that may never end: devices, folders, and pipes but those that
 * the shell opened for this command. What is not there is for the opening to
 * complain about.
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
    hint: isPipe ? "a pipe can be given as <(cat PIPE)" : undefined,
  });
}
