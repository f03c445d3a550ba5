/** Writes bytes to the end of a file, all of them. */
export type WriteBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

/** How a file is written. */
export interface OutputOptions {
  /**
   * Whether to keep what is there and write after it.
   *
   * @default {false}
   */
  append?: boolean | undefined;
}

/**
 * Writes a file in place, so that links, owners and permissions of one that is
 * there stay, and `--allow-write` of the file is enough. A failure, as on a full
 * disk, leaves no part behind: a new file is removed, one that was replaced is
 * emptied, and one that was appended to has its former length.
 *
 * @param path The file; pipes and devices are written to as they are.
 * @param write Writes the contents.
 * @param options How.
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

/** Opens a file for writing; looking whether it is there would need reading. */
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

/** The length of a file; 0 for a pipe, which has none to go back to. */
function lengthOf(file: Deno.FsFile): number {
  return quietly(() => file.seekSync(0, Deno.SeekMode.End)) ?? 0;
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** The failure that is on its way says more than that of mending it. */
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
