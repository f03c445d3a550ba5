import type { ArchiveLayout, PlacedParameter } from "./archive_layout.ts";
import {
  align,
  IRPA_ENTRY_ALIGNMENT,
  IRPA_ENTRY_TYPES,
  IRPA_MAGIC,
  IRPA_SIZES,
} from "./irpa_format.ts";

/**
 * Encodes everything before the contents.
 *
 * @param layout The layout.
 */
export function encodeArchiveHeader(
  layout: ArchiveLayout,
): Uint8Array<ArrayBuffer> {
  const { tableOffset, tableLength, metadataOffset, metadataLength } = layout;
  const bytes = new Uint8Array(metadataOffset + metadataLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, IRPA_MAGIC, true);
  // Version 0.0; no flags, and no other archive follows.
  setU64(view, 8, IRPA_SIZES.header);
  setU64(view, 32, layout.placed.length);
  setRange(view, 40, tableOffset, tableLength);
  setRange(view, 56, metadataOffset, metadataLength);
  setRange(view, 72, layout.storageOffset, layout.storageLength);
  let at = tableOffset;
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
