import { IreeError } from "../base/error.ts";
import type { BinaryFile } from "../files/binary_file.ts";
import { isSplat, type ParameterEntry } from "./entry.ts";

// IREE's parameter archives; `iree/schemas/parameter_archive.h` defines them.

/** Sizes of the archive's structures in bytes. */
export const IRPA_SIZES = {
  prefix: 32,
  header: 88,
  entryHeader: 60,
  splatEntry: 85,
  dataEntry: 76,
  maxPattern: 16,
} as const;

/** `IRPA`, as a little-endian u32. */
export const IRPA_MAGIC = 0x41505249;

/** Alignment of entries in the table. */
export const IRPA_ENTRY_ALIGNMENT = 16;

/** `iree_io_parameter_archive_entry_type_e`. */
export const IRPA_ENTRY_TYPES = { skip: 0, splat: 1, data: 2 } as const;

interface Range {
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads the entries of an archive, including those of linked archives.
 *
 * @param file The file.
 * @returns The entries in order.
 */
export function parseIrpa(file: BinaryFile): ParameterEntry[] {
  const entries: ParameterEntry[] = [];
  let base = 0;
  for (;;) {
    checkPrefix(file, base);
    entries.push(...parseArchive(file, base));
    const next = file.u64(base + 16, "the offset of the next archive");
    if (next === 0) return entries;
    // Only moves forward, so this ends.
    base += next;
  }
}

function checkPrefix(file: BinaryFile, base: number): void {
  file.check(base, IRPA_SIZES.prefix, "the header of the archive");
  if (file.u32(base, "the header of the archive") !== IRPA_MAGIC) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${file.path}' is not an IREE parameter archive: IRPA file magic missing ` +
        `at byte ${base}`,
      { hint: "the extension of its name selects the format" },
    );
  }
  const major = file.u16(base + 4, "the version of the archive");
  const minor = file.u16(base + 6, "the version of the archive");
  if (major !== 0 || minor !== 0) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `'${file.path}': IRPA version ${major}.${minor} is not supported, only ` +
        "0.0 is",
    );
  }
  const size = file.u64(base + 8, "the size of the header");
  if (size !== IRPA_SIZES.header) {
    throw file.corrupt(
      `its header has ${size} bytes where version 0.0 has ` +
        IRPA_SIZES.header,
    );
  }
}

function parseArchive(file: BinaryFile, base: number): ParameterEntry[] {
  const segment = (at: number, what: string): Range => {
    const length = file.u64(base + at + 8, `the length of ${what}`);
    const offset = base + file.u64(base + at, `the offset of ${what}`);
    file.check(offset, length, what);
    return { offset, length };
  };
  const count = file.u64(base + 32, "the number of entries");
  const table = segment(40, "the entry table");
  const metadata = segment(56, "the metadata segment");
  const storage = segment(72, "the storage segment");
  const archive = new Archive(file, metadata, storage);
  const bytes = file.bytes(table.offset, table.length, "the entry table");
  const view = new DataView(bytes.buffer);
  const entries: ParameterEntry[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    if (table.length - at < IRPA_SIZES.entryHeader) {
      throw file.corrupt(`its entry table ends before entry ${i} of ${count}`);
    }
    const size = view.getBigUint64(at, true);
    if (size < IRPA_SIZES.entryHeader || size > table.length - at) {
      throw file.corrupt(`entry ${i} has a size of ${size} bytes`);
    }
    const entry = archive.parseEntry(
      new DataView(bytes.buffer, at, Number(size)),
      i,
    );
    if (entry !== undefined) entries.push(entry);
    at += align(Number(size), IRPA_ENTRY_ALIGNMENT);
  }
  return entries;
}

class Archive {
  readonly #file: BinaryFile;
  readonly #metadata: Uint8Array<ArrayBuffer>;
  readonly #storage: Range;

  constructor(file: BinaryFile, metadata: Range, storage: Range) {
    this.#file = file;
    this.#metadata = file.bytes(
      metadata.offset,
      metadata.length,
      "the metadata segment",
    );
    this.#storage = storage;
  }

  parseEntry(view: DataView, ordinal: number): ParameterEntry | undefined {
    const type = view.getUint32(8, true);
    if (type === IRPA_ENTRY_TYPES.skip) return undefined;
    const what = `the key of entry ${ordinal}`;
    const key = this.#file.decode(this.#metadataAt(view, 20, what), what);
    const metadata = this.#metadataAt(view, 36, `the metadata of '${key}'`);
    const { splatEntry, dataEntry } = IRPA_SIZES;
    if (type === IRPA_ENTRY_TYPES.splat) {
      this.#needSize(view, splatEntry, key);
      return { key, metadata, ...this.#splat(view, key) };
    }
    if (type === IRPA_ENTRY_TYPES.data) {
      this.#needSize(view, dataEntry, key);
      return { key, metadata, ...this.#data(view, key) };
    }
    throw new IreeError(
      "UNIMPLEMENTED",
      `'${this.#file.path}': parameter '${key}' is of type ${type}, which is ` +
        "not supported; splats and data in the archive are",
    );
  }

  #needSize(view: DataView, size: number, key: string): void {
    if (view.byteLength >= size) return;
    throw this.#file.corrupt(
      `the entry of '${key}' has ${view.byteLength} bytes of ${size}`,
    );
  }

  #splat(view: DataView, key: string) {
    const byteLength = this.#u64(view, 60, `the length of '${key}'`);
    const start = view.byteOffset + 68;
    const length = view.getUint8(84);
    if (!isSplat(length, byteLength)) {
      throw this.#file.corrupt(
        `splat '${key}' has ${byteLength} bytes of a pattern of ${length}; a ` +
          "pattern has 1, 2, 4, 8 or 16 and divides the length",
      );
    }
    const pattern = new Uint8Array(view.buffer, start, length).slice();
    return { storage: "splat", byteLength, pattern } as const;
  }

  #data(view: DataView, key: string) {
    const range = this.#range(view, 60, `the contents of '${key}'`, {
      segment: "the storage segment",
      length: this.#storage.length,
    });
    return {
      storage: "file",
      path: this.#file.path,
      byteLength: range.length,
      offset: this.#storage.offset + range.offset,
    } as const;
  }

  #metadataAt(
    view: DataView,
    at: number,
    what: string,
  ): Uint8Array<ArrayBuffer> {
    const { offset, length } = this.#range(view, at, what, {
      segment: "the metadata segment",
      length: this.#metadata.length,
    });
    return this.#metadata.slice(offset, offset + length);
  }

  #range(
    view: DataView,
    at: number,
    what: string,
    within: { readonly segment: string; readonly length: number },
  ): Range {
    const length = this.#u64(view, at + 8, what);
    const offset = this.#u64(view, at, what);
    if (length > within.length || offset > within.length - length) {
      throw this.#file.corrupt(
        `${what} is outside of ${within.segment}: ${length} bytes from ` +
          `${offset} of ${within.length}`,
      );
    }
    return { offset, length };
  }

  #u64(view: DataView, at: number, what: string): number {
    const value = view.getBigUint64(at, true);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw this.#file.corrupt(`${what}: ${value} is more than any file has`);
  }
}

/**
 * Rounds up.
 *
 * @param value The value.
 * @param alignment The result is a multiple of this.
 */
export function align(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
