import { writeOutput } from "../../files/output_file.ts";
import { asFileError } from "../run/file_error.ts";

/**
 * Writes bytes to a file, all or none of them, or to stdout.
 *
 * @param output The file; `-` for stdout.
 * @param bytes The bytes.
 */
export function writeBytes(
  output: string,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  if (output === "-") {
    for (let at = 0; at < bytes.length;) {
      at += Deno.stdout.writeSync(bytes.subarray(at));
    }
    return;
  }
  try {
    writeOutput(output, (write) => write(bytes));
  } catch (error) {
    throw asFileError(error, output);
  }
}
