import { IreeError } from "../base/error.ts";
import { checkRegularFile } from "../base/permissions.ts";
import { overFile } from "./file_errors.ts";

// Programs can be as large as their weights, but their metadata is a few
// kilobytes, so files are read in parts.

/** Bytes that can be read in parts. */
export interface ByteSource {
  /** The number of bytes. */
  readonly byteLength: number;
  /**
   * Reads a range of bytes.
   *
   * @param offset The first byte.
   * @param length The number of bytes.
   * @returns The bytes; throws INVALID_ARGUMENT if there are fewer.
   */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  /**
   * Reads a range of bytes into an array, without allocating.
   *
   * @param offset The first byte.
   * @param target The destination; its length is the number of bytes.
   */
  readInto(offset: number, target: Uint8Array<ArrayBuffer>): void;
}

/** An open file, which the caller must dispose. */
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
 * Opens a file while a callback reads from it. Needs `--allow-read`.
 *
 * @param path The file; must be a regular file, since pipes could block.
 * @param use The callback.
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
 * @param path The file; must be a regular file, since pipes could block.
 * @returns The open file; throws NOT_FOUND if it does not exist and
 * INVALID_ARGUMENT if it is not a regular file.
 */
export function openSource(path: string): FileSource {
  checkRegularFile(path);
  const file = openFile(path);
  // Deno's FsFile.stat requires permission for a link's target.
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
