import { checkSize } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { ParameterEntry } from "./entry.ts";
import {
  align,
  IRPA_ENTRY_ALIGNMENT,
  IRPA_ENTRY_TYPES,
  IRPA_MAGIC,
  IRPA_SIZES,
} from "./irpa_format.ts";

const DEFAULT_ALIGNMENT = 64;

const encoder = new TextEncoder();

/** A parameter and its place in the archive. */
export interface PlacedParameter {
  /** The parameter. */
  readonly entry: ParameterEntry;
  /** Ordinal of the parameter. */
  readonly ordinal: number;
  /** Its key, encoded. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Whether the storage segment has its contents. */
  readonly isStored: boolean;
  /** Offset of the contents in the segment. */
  readonly offset: number;
}

/** The layout of an archive. */
export interface IrpaLayout {
  /** Alignment of contents. */
  readonly alignment: number;
  /** The parameters, in the order of the index. */
  readonly placed: readonly PlacedParameter[];
  /** Length of the entry table in bytes. */
  readonly tableLength: number;
  /** Offset of keys and metadata. */
  readonly metadataOffset: number;
  /** Length of keys and metadata in bytes. */
  readonly metadataLength: number;
  /** Offset of contents. */
  readonly storageOffset: number;
  /** Length of the contents in bytes. */
  readonly storageLength: number;
}

/**
 * Lays out an archive like IREE.
 *
 * @param entries The parameters.
 * @param options Alignment of contents, and splats to expand.
 */
export function layOutIrpa(
  entries: readonly ParameterEntry[],
  options: {
    readonly alignment?: number | undefined;
    readonly expand?: Iterable<string> | undefined;
  },
): IrpaLayout {
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
    `alignment must be a power of two, got ${alignment}`,
  );
}

/**
 * Encodes everything before the contents.
 *
 * @param layout The layout.
 */
export function encodeIrpaHeader(layout: IrpaLayout): Uint8Array<ArrayBuffer> {
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
  placed: PlacedParameter,
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
