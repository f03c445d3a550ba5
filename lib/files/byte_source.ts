import { IreeError } from "../base/error.ts";
import { checkRegularFile } from "../base/permissions.ts";
import { overFile } from "./file_errors.ts";

// Programs can be as large as their weights, while what they tell of themselves
// is a few kilobytes: so files are read in parts.

/** Bytes that can be read in parts. */
export interface ByteSource {
  /** How many there are. */
  readonly byteLength: number;
  /**
   * Reads some of them.
   *
   * @param offset Where they start.
   * @param length How many there must be.
   * @returns The bytes; throws INVALID_ARGUMENT where there are fewer.
   */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  /**
   * Reads some of them into an array, without allocating.
   *
   * @param offset Where they start.
   * @param target Where to; its length says how many there must be.
   */
  readInto(offset: number, target: Uint8Array<ArrayBuffer>): void;
}

/** An open file, to be disposed. */
export interface FileSource extends ByteSource, Disposable {}

/**
 * Reads from bytes in memory.
 *
 * @param bytes The bytes; not copied.
 */
export function memorySource(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  const byteLength = bytes.length;
  const read = (offset: number, length: number) => {
    checkRange(offset, length, byteLength);
    return bytes.subarray(offset, offset + length);
  };
  return {
    byteLength,
    read,
    readInto: (offset, target) => target.set(read(offset, target.length)),
  };
}

/**
 * Opens a file for as long as something reads from it. Needs `--allow-read`.
 *
 * @param path The file; a regular one, so that nothing waits for a pipe.
 * @param use What reads from it.
 * @returns What `use` returns; throws what `openSource` throws.
 */
export function withFile<T>(
  path: string,
  use: (source: ByteSource) => T,
): T {
  using source = openSource(path);
  return use(source);
}

/**
 * Opens a file to read from it. Needs `--allow-read`.
 *
 * @param path The file; a regular one, so that nothing waits for a pipe.
 * @returns The open file; throws NOT_FOUND when there is no such file and
 * INVALID_ARGUMENT when it is not a regular one.
 */
export function openSource(path: string): FileSource {
  checkRegularFile(path);
  const file = openFile(path);
  // Deno's FsFile.stat wants the permission for what a link points to.
  const byteLength = file.seekSync(0, Deno.SeekMode.End);
  const readInto = (offset: number, target: Uint8Array<ArrayBuffer>) => {
    checkRange(offset, target.length, byteLength);
    file.seekSync(offset, Deno.SeekMode.Start);
    fill(file, target);
  };
  return {
    byteLength,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      readInto(offset, bytes);
      return bytes;
    },
    readInto,
    [Symbol.dispose]: () => file.close(),
  };
}

function openFile(path: string): Deno.FsFile {
  return overFile(path, () => Deno.openSync(path, { read: true }));
}

function fill(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) {
      throw new IreeError("DATA_LOSS", "the file became shorter while read");
    }
    at += count;
  }
}

function checkRange(offset: number, length: number, byteLength: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= byteLength) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `the file ends early: ${length} bytes at ${offset} of ${byteLength}`,
  );
}
