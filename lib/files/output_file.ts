/** Appends all of the bytes to a file. */
export type WriteBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Options for writing a file. */
export interface OutputOptions {
  /**
   * Whether to append to the existing contents.
   *
   * @default {false}
   */
  append?: boolean | undefined;
}

/**
 * Writes a file in place, so that links, owners and permissions stay, and
 * `--allow-write` for the file is enough. A failure, such as a full disk, leaves
 * no partial contents: a new file is removed, a replaced one is emptied, and an
 * appended one is truncated to its former length.
 *
 * @param path The file; pipes and devices are supported.
 * @param write Writes the contents.
 * @param options The options.
 */
export function writeOutput(
  path: string,
  write: (writeBytes: WriteBytes) => void,
  options: OutputOptions = {},
): void {
  const { append = false } = options;
  const { file, isNew } = openOutput(path, append);
  const length = append && !isNew ? lengthOf(file) : 0;
  try {
    using _ = file;
    try {
      write((bytes) => writeAll(file, bytes));
    } catch (error) {
      if (!isNew) quietly(() => file.truncateSync(length));
      throw error;
    }
  } catch (error) {
    if (isNew) quietly(() => Deno.removeSync(path));
    throw error;
  }
}

/** Opens a file for writing; checking its existence would need `--allow-read`. */
function openOutput(
  path: string,
  append: boolean,
): { file: Deno.FsFile; isNew: boolean } {
  const options = { write: !append, append };
  try {
    const file = Deno.openSync(path, { ...options, createNew: true });
    return { file, isNew: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const truncate = !append;
    const file = Deno.openSync(path, { ...options, create: true, truncate });
    return { file, isNew: false };
  }
}

/** The length of a file; 0 for a pipe. */
function lengthOf(file: Deno.FsFile): number {
  return quietly(() => file.seekSync(0, Deno.SeekMode.End)) ?? 0;
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Ignores failures of the cleanup, since the original failure says more. */
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
