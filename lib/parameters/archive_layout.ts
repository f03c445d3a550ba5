import { checkSize } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { ParameterEntry } from "./entry.ts";
import { align, IRPA_ENTRY_ALIGNMENT, IRPA_SIZES } from "./irpa_format.ts";

/** Alignment of each parameter's contents, unless the caller chooses it. */
const DEFAULT_ALIGNMENT = 64;

/** The length of an archive is a multiple of this, so that it can be mapped. */
const FILE_ALIGNMENT = 4096;

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
export interface ArchiveLayout {
  /** Alignment of contents. */
  readonly alignment: number;
  /** The parameters, in the order of the index. */
  readonly placed: readonly PlacedParameter[];
  /** Length of the entry table in bytes. */
  readonly tableLength: number;
  /** Offset of the entry table. */
  readonly tableOffset: number;
  /** Offset of keys and metadata. */
  readonly metadataOffset: number;
  /** Length of keys and metadata in bytes. */
  readonly metadataLength: number;
  /** Offset of contents. */
  readonly storageOffset: number;
  /** Length of the contents in bytes. */
  readonly storageLength: number;
  /** Length of the file in bytes. */
  readonly fileLength: number;
}

/**
 * Lays out an archive like IREE.
 *
 * @param entries The parameters.
 * @param options Alignment of contents, and splats to expand.
 */
export function layOutArchive(
  entries: readonly ParameterEntry[],
  options: {
    readonly alignment?: number | undefined;
    readonly expand?: Iterable<string> | undefined;
  },
): ArchiveLayout {
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
  const tableOffset = align(IRPA_SIZES.header, IRPA_ENTRY_ALIGNMENT);
  const metadataOffset = tableOffset + tableLength;
  const storageOffset = align(
    metadataOffset + metadataLength,
    hasStored ? alignment : 1,
  );
  return {
    alignment,
    placed,
    tableOffset,
    tableLength,
    metadataOffset,
    metadataLength,
    storageOffset,
    storageLength,
    fileLength: align(storageOffset + storageLength, FILE_ALIGNMENT),
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

function checkAlignment(alignment: number): void {
  checkSize("alignment", alignment);
  if (alignment > 0 && Number.isInteger(Math.log2(alignment))) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `alignment must be a power of two, got ${alignment}`,
  );
}
