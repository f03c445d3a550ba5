import { IreeError } from "../../../mod.ts";
import { writeOutputLater } from "../../files/output_file.ts";
import { asFileError } from "../run/file_error.ts";
import { Interruption, InterruptionWatch } from "./interruption.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Writes a file, all of it or nothing, even if a signal ends the command.
 *
 * @param path The file.
 * @param pieces The contents, each piece made when it is written.
 * @param options Whether to append.
 */
export async function writeFile(
  path: string,
  pieces: Iterable<Bytes>,
  options?: { readonly append: boolean },
): Promise<void> {
  const watch = () => new InterruptionWatch();
  try {
    await writeOutputLater(path, pieces, { ...options, watch });
  } catch (error) {
    const isOfWork = error instanceof IreeError ||
      error instanceof Interruption;
    throw isOfWork ? error : asFileError(error, path);
  }
}

/**
 * Writes bytes to a file, all or none of them, or to stdout.
 *
 * @param output The file; `-` for stdout.
 * @param bytes The bytes.
 */
export async function writeBytes(output: string, bytes: Bytes): Promise<void> {
  if (output === "-") printBytes(bytes);
  else await writeFile(output, [bytes]);
}

/**
 * Writes bytes to stdout.
 *
 * @param bytes The bytes.
 */
export function printBytes(bytes: Bytes): void {
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}
