import { IreeError } from "../../../mod.ts";
import { checkInputFile } from "../common/input_file.ts";

/** A file that inputs are read from, one after the other. */
export class InputFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the next input begins. */
  offset = 0;

  constructor(readonly path: string) {
    this.bytes = readFile(path);
  }

  /** Whether all of it was read. */
  get ended(): boolean {
    return this.offset >= this.bytes.length;
  }

  /** Takes the next bytes. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const end = this.offset + length;
    if (end > this.bytes.length) {
      throw new IreeError(
        "OUT_OF_RANGE",
        `end-of-file encountered during read; '${this.path}' has ` +
          `${this.bytes.length - this.offset} bytes left, ${length} are wanted`,
      );
    }
    const taken = this.bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }
}

function readFile(path: string): Uint8Array<ArrayBuffer> {
  checkInputFile(path);
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw asFileError(error, path);
  }
}

/**
 * Tells of a file that cannot be opened as IREE does.
 *
 * @param error What Deno threw.
 * @param path The file.
 * @returns The error to throw; Deno's own where a permission is lacking.
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

/** Files by path: where one was read up to is where the next input begins. */
export class InputFiles {
  readonly #files = new Map<string, InputFile>();

  /**
   * Opens a file.
   *
   * @param path The file.
   * @param isAppend Whether to go on where the last input ended.
   */
  open(path: string, isAppend: boolean): InputFile {
    const file = this.#files.get(path) ?? new InputFile(path);
    if (!isAppend) file.offset = 0;
    this.#files.set(path, file);
    return file;
  }
}
