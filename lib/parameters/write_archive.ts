import { dirname } from "@std/path/dirname";
import { type NativePath, toAbsolutePath } from "../../ffi/base/native_path.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { writeParameter } from "../../ffi/parameter.ts";
import { copyIterable, isFunction, mustBe, toText } from "../base/checks.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { demandFolder, writablePath } from "../base/permissions.ts";
import type { Steps } from "../base/steps.ts";
import { overFile } from "../files/file_errors.ts";
import { turn } from "../files/output_file.ts";
import { encodeArchiveHeader } from "./archive_header.ts";
import { type ArchiveLayout, layOutArchive } from "./archive_layout.ts";
import type { ParameterEntry } from "./entry.ts";
import { createPartial, partialName, removeLeftovers } from "./partial_file.ts";

/** Options for writing an archive. */
export interface ArchiveOptions {
  /**
   * Alignment of each parameter's contents in bytes; a power of two.
   *
   * @default {64}
   */
  alignment?: number | undefined;
  /** Keys of splats to write as full contents. */
  expand?: Iterable<string> | undefined;
  /** Called now and then with the number of bytes written and the total. */
  onProgress?: ((written: number, total: number) => void) | undefined;
}

/** Options for writing an archive without blocking the event loop. */
export interface AsyncArchiveOptions extends ArchiveOptions {
  /** Stops writing, and removes what was written. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: OptionNames<ArchiveOptions> = {
  alignment: true,
  expand: true,
  onProgress: true,
};

/** Reads and checks the options of the asynchronous form. */
export function readAsyncArchiveOptions(
  options: AsyncArchiveOptions | undefined,
): Readonly<AsyncArchiveOptions> {
  const read = readOptions<AsyncArchiveOptions>(options, {
    ...OPTIONS,
    signal: true,
  });
  checkSignal(read.signal);
  return read;
}

/** Number of bytes written between two calls of `onProgress`. */
const PIECE_LENGTH = 2 ** 26;

/**
 * Writes an archive to a temporary file, then renames it, in steps.
 *
 * @param index Native index of the entries.
 * @param entries The entries, in its order.
 * @param path The archive.
 * @param options Alignment, splats, progress.
 * @param signal Stops the writing, and removes what was written.
 */
export function* archiveSteps(
  index: Handle,
  entries: readonly ParameterEntry[],
  path: string,
  options: ArchiveOptions | undefined,
  signal?: AbortSignal,
): Steps<void> {
  const { alignment, expand, onProgress } = readOptions(options, OPTIONS);
  if (onProgress !== undefined && !isFunction(onProgress)) {
    throw mustBe("onProgress", "a function", onProgress);
  }
  const keys = expand === undefined
    ? undefined
    : copyIterable("expand", expand, (key) => toText("a key to expand", key));
  const layout = layOutArchive(entries, { alignment, expand: keys });
  demandFolder(dirname(path));
  const target = toAbsolutePath(path);
  checkTarget(target);
  removeLeftovers(target);
  const partial = writablePath(partialName(target));
  try {
    using file = attempt(path, () => createPartial(partial));
    attempt(path, () => writeHeader(file, layout));
    for (const _ of contentPieces(index, layout, partial, onProgress)) {
      yield* turn();
      signal?.throwIfAborted();
    }
    attempt(path, () => {
      file.syncSync();
      Deno.renameSync(partial, target);
    });
  } catch (error) {
    removeIfThere(partial);
    throw error;
  }
}

// Renaming would replace a pipe or a device with an archive.
function checkTarget(path: string): void {
  if (attempt(path, () => isFileOrNothing(path))) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `'${path}' exists and is not a regular file; an archive cannot replace it`,
  );
}

function isFileOrNothing(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

function attempt<T>(path: string, work: () => T): T {
  return overFile(path, work, `archive '${path}' cannot be written`);
}

function writeHeader(file: Deno.FsFile, layout: ArchiveLayout): void {
  writeAll(file, encodeArchiveHeader(layout));
  file.truncateSync(layout.fileLength);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Writes the contents; yields after each piece, and at least once. */
function* contentPieces(
  index: Handle,
  layout: ArchiveLayout,
  path: NativePath,
  onProgress?: (written: number, total: number) => void,
): Generator<void> {
  const stored = layout.placed.filter(({ isStored }) => isStored);
  const total = stored.reduce((sum, { entry }) => sum + entry.byteLength, 0);
  let written = 0;
  onProgress?.(written, total);
  yield;
  for (const { entry, ordinal, offset } of stored) {
    const start = layout.storageOffset + offset;
    for (let at = 0; at < entry.byteLength; at += PIECE_LENGTH) {
      const length = Math.min(PIECE_LENGTH, entry.byteLength - at);
      // The file is new, so unwritten bytes are zero.
      if (!isZero(entry)) {
        writeParameter(index, ordinal, at, length, path, start + at);
      }
      written += length;
      onProgress?.(written, total);
      yield;
    }
  }
}

function isZero(entry: ParameterEntry): boolean {
  return entry.storage === "splat" && entry.pattern.every((byte) => byte === 0);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
