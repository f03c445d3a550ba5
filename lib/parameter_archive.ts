import { dirname } from "@std/path";
import { writeParameter } from "../ffi/parameter.ts";
import type { Handle } from "../ffi/handle.ts";
import { IreeError } from "./error.ts";
import {
  align,
  IRPA_ENTRY_ALIGNMENT,
  IRPA_ENTRY_TYPES,
  IRPA_MAGIC,
  IRPA_SIZES,
} from "./irpa_format.ts";
import type { ParameterEntry } from "./parameter_entry.ts";
import { demandRead, demandWrite } from "./permissions.ts";
import { checkSize } from "./size.ts";

/** How an archive is written. */
export interface ArchiveOptions {
  /**
   * What the contents of each parameter begin at a multiple of, in bytes; a
   * power of two.
   *
   * @default {64}
   */
  alignment?: number;
  /** Keys of splats that are written out as contents. */
  expand?: Iterable<string>;
  /**
   * Is called now and then with the bytes of contents written so far and those
   * of all.
   */
  onProgress?: (written: number, total: number) => void;
}

const DEFAULT_ALIGNMENT = 64;

/** What the length of an archive is a multiple of, so that it can be mapped. */
const FILE_ALIGNMENT = 4096;

/** How much is written between two calls of `onProgress`. */
const PIECE_LENGTH = 2 ** 26;

const encoder = new TextEncoder();

/** A parameter and its place in the archive. */
interface Placed {
  readonly entry: ParameterEntry;
  readonly ordinal: number;
  readonly key: Uint8Array<ArrayBuffer>;
  /** Whether contents are in the storage segment. */
  readonly isStored: boolean;
  /** Where they begin in the segment. */
  readonly offset: number;
}

interface Layout {
  readonly alignment: number;
  readonly placed: readonly Placed[];
  readonly tableLength: number;
  readonly metadataOffset: number;
  readonly metadataLength: number;
  readonly storageOffset: number;
  readonly storageLength: number;
}

/**
 * Writes an archive: beside its place first, then into it at once.
 *
 * @param index Native index of the entries.
 * @param entries The entries, in its order.
 * @param path Where to.
 * @param options How.
 */
export function writeArchive(
  index: Handle,
  entries: readonly ParameterEntry[],
  path: string,
  options: ArchiveOptions,
): void {
  const layout = placeAll(entries, options);
  const folder = dirname(path);
  demandRead(folder);
  demandWrite(folder);
  checkTarget(path);
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    attempt(path, () => writeHeader(partial, layout));
    writeContents(index, layout, partial, options.onProgress);
    attempt(path, () => finish(partial, path));
  } catch (error) {
    removeIfThere(partial);
    throw error;
  }
}

function placeAll(
  entries: readonly ParameterEntry[],
  options: ArchiveOptions,
): Layout {
  const { alignment = DEFAULT_ALIGNMENT } = options;
  checkAlignment(alignment);
  const expanded = new Set(options.expand);
  checkKeys(expanded, entries);
  let tableLength = 0;
  let metadataLength = 0;
  let storageLength = 0;
  let hasStored = false;
  const placed = entries.map((entry, ordinal) => {
    const isStored = entry.storage === "file" || expanded.has(entry.key);
    const offset = isStored ? align(storageLength, alignment) : 0;
    if (isStored) storageLength = offset + entry.byteLength;
    hasStored ||= isStored;
    const key = encoder.encode(entry.key);
    tableLength = align(tableLength, IRPA_ENTRY_ALIGNMENT) +
      (isStored ? IRPA_SIZES.dataEntry : IRPA_SIZES.splatEntry);
    metadataLength += key.length + entry.metadata.length;
    return { entry, ordinal, key, isStored, offset };
  });
  const metadataOffset = tableOffset() + tableLength;
  const storageOffset = align(
    metadataOffset + metadataLength,
    hasStored ? alignment : 1,
  );
  return {
    alignment,
    placed,
    tableLength,
    metadataOffset,
    metadataLength,
    storageOffset,
    storageLength,
  };
}

function checkKeys(
  keys: ReadonlySet<string>,
  entries: readonly ParameterEntry[],
): void {
  const unknown = keys.difference(new Set(entries.map(({ key }) => key)));
  for (const key of unknown) {
    throw new IreeError(
      "NOT_FOUND",
      `no parameter found in index with key '${key}', which expand names`,
    );
  }
}

function tableOffset(): number {
  return align(IRPA_SIZES.header, IRPA_ENTRY_ALIGNMENT);
}

function checkAlignment(alignment: number): void {
  checkSize("alignment", alignment);
  if (alignment > 0 && Number.isInteger(Math.log2(alignment))) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `alignment must be a power of two, not ${alignment}`,
  );
}

// Renaming would put an archive in the place of a pipe or a device.
function checkTarget(path: string): void {
  if (attempt(path, () => isFileOrNothing(path))) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `'${path}' is there and not a regular file; an archive cannot be written ` +
      "over it",
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

/** Does something with files, and says what it was for when that fails. */
function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IreeError(
      cause instanceof Deno.errors.NotFound ? "NOT_FOUND" : "UNAVAILABLE",
      `archive '${path}' cannot be written: ${reason}`,
      { cause },
    );
  }
}

//---------------------------------------------------------------------------
// The header
//---------------------------------------------------------------------------

function writeHeader(path: string, layout: Layout): void {
  const { storageOffset, storageLength } = layout;
  using file = Deno.openSync(path, { write: true, createNew: true });
  writeAll(file, encodeHeader(layout));
  file.truncateSync(align(storageOffset + storageLength, FILE_ALIGNMENT));
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function encodeHeader(layout: Layout): Uint8Array<ArrayBuffer> {
  const { tableLength, metadataOffset, metadataLength } = layout;
  const bytes = new Uint8Array(metadataOffset + metadataLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, IRPA_MAGIC, true);
  // Version 0.0; no flags, and no other archive follows.
  setU64(view, 8, IRPA_SIZES.header);
  setU64(view, 32, layout.placed.length);
  setRange(view, 40, tableOffset(), tableLength);
  setRange(view, 56, metadataOffset, metadataLength);
  setRange(view, 72, layout.storageOffset, layout.storageLength);
  let at = tableOffset();
  let metadataAt = 0;
  for (const placed of layout.placed) {
    at = align(at, IRPA_ENTRY_ALIGNMENT);
    const { key, entry: { metadata } } = placed;
    bytes.set(key, metadataOffset + metadataAt);
    bytes.set(metadata, metadataOffset + metadataAt + key.length);
    at += encodeEntry(view, at, placed, metadataAt, layout.alignment);
    metadataAt += key.length + metadata.length;
  }
  return bytes;
}

function encodeEntry(
  view: DataView,
  at: number,
  placed: Placed,
  metadataAt: number,
  alignment: number,
): number {
  const { key, entry, isStored } = placed;
  const { splatEntry, dataEntry, maxPattern } = IRPA_SIZES;
  const size = isStored ? dataEntry : splatEntry;
  const metadataLength = entry.metadata.length;
  setU64(view, at, size);
  const { data, splat } = IRPA_ENTRY_TYPES;
  view.setUint32(at + 8, isStored ? data : splat, true);
  setRange(view, at + 20, metadataAt, key.length);
  setRange(
    view,
    at + 36,
    metadataLength === 0 ? 0 : metadataAt + key.length,
    metadataLength,
  );
  setU64(view, at + 52, isStored ? alignment : 0);
  if (isStored) {
    setRange(view, at + 60, placed.offset, entry.byteLength);
  } else if (entry.storage === "splat") {
    setU64(view, at + 60, entry.byteLength);
    const pattern = new Uint8Array(view.buffer, at + 68, maxPattern);
    pattern.set(entry.pattern);
    view.setUint8(at + 84, entry.pattern.length);
  }
  return size;
}

function setU64(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}

function setRange(
  view: DataView,
  at: number,
  offset: number,
  length: number,
): void {
  setU64(view, at, offset);
  setU64(view, at + 8, length);
}

//---------------------------------------------------------------------------
// The contents
//---------------------------------------------------------------------------

function writeContents(
  index: Handle,
  layout: Layout,
  path: string,
  onProgress?: (written: number, total: number) => void,
): void {
  const stored = layout.placed.filter(({ isStored }) => isStored);
  const total = stored.reduce((sum, { entry }) => sum + entry.byteLength, 0);
  let written = 0;
  onProgress?.(written, total);
  for (const { entry, ordinal, offset } of stored) {
    const start = layout.storageOffset + offset;
    for (let at = 0; at < entry.byteLength; at += PIECE_LENGTH) {
      const length = Math.min(PIECE_LENGTH, entry.byteLength - at);
      // The file is new, so what is not written is zero.
      if (!isZero(entry)) {
        writeParameter(index, ordinal, at, length, path, start + at);
      }
      written += length;
      onProgress?.(written, total);
    }
  }
}

function isZero(entry: ParameterEntry): boolean {
  return entry.storage === "splat" && entry.pattern.every((byte) => byte === 0);
}

function finish(partial: string, path: string): void {
  using file = Deno.openSync(partial, { read: true, write: true });
  file.syncSync();
  Deno.renameSync(partial, path);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
