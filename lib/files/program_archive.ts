import { IreeError } from "../base/error.ts";
import type { ByteSource } from "./byte_source.ts";

// A `.vmfb` is a FlatBuffer with a length prefix, followed by its data at the
// next multiple of 64. The compiler wraps both in a ZIP archive: the first file
// is the FlatBuffer, the others are the data.

/** A file in a program, which any ZIP tool can extract. */
export interface EmbeddedFile {
  /** The file's name. */
  readonly name: string;
  /** Offset of its contents in the program's file. */
  readonly offset: number;
  /** Length of its contents in bytes. */
  readonly byteLength: number;
}

/** The parts of a program file. */
export interface ProgramArchive {
  /** The FlatBuffer, without its length prefix. */
  readonly flatbuffer: Uint8Array<ArrayBuffer>;
  /** Offset of the FlatBuffer. */
  readonly flatbufferOffset: number;
  /** Offset of the data after the FlatBuffer. */
  readonly rodataOffset: number;
  /**
   * The archive's files; empty without an archive. `undefined` if the archive's
   * directory, which the runtime never reads, is damaged.
   */
  readonly files: readonly EmbeddedFile[] | undefined;
  /** The archive's directory; `undefined` without one, or if it is damaged. */
  readonly directory: ArchiveDirectory | undefined;
}

/** Where an archive's directory is. */
export interface ArchiveDirectory {
  /** Its first byte. */
  readonly offset: number;
  /** Its length in bytes. */
  readonly length: number;
}

const LOCAL_HEADER = { signature: 0x04034b50, length: 30 };
const DIRECTORY_HEADER = { signature: 0x02014b50, length: 46 };
const DIRECTORY_END = { signature: 0x06054b50, length: 22 };
const DIRECTORY_END_64 = { signature: 0x06064b50, length: 56 };
const DIRECTORY_LOCATOR_64 = { signature: 0x07064b50, length: 20 };

/** The extra field for numbers that do not fit in 32 bits. */
const EXTRA_64 = 1;
const IN_EXTRA = 0xffffffff;

/** Alignment of the data after the FlatBuffer. */
const RODATA_ALIGNMENT = 64;

/** `IREE`, after the length and the root table's offset. */
const FLATBUFFER_IDENTIFIER = 0x45455249;

/** Name of the FlatBuffer in an archive. */
const FLATBUFFER_NAME = "module.fb";

/**
 * Returns whether a file starts like a program: with a FlatBuffer of IREE's VM,
 * or with an archive whose first file is one.
 *
 * @param source The file.
 */
export function looksLikeProgram(source: ByteSource): boolean {
  if (hasIdentifier(source, 0)) return true;
  if (source.byteLength < LOCAL_HEADER.length) return false;
  const header = viewOf(source.read(0, LOCAL_HEADER.length));
  if (header.getUint32(0, true) !== LOCAL_HEADER.signature) return false;
  const nameLength = header.getUint16(26, true);
  const start = LOCAL_HEADER.length + nameLength + header.getUint16(28, true);
  if (hasIdentifier(source, start)) return true;
  if (LOCAL_HEADER.length + nameLength > source.byteLength) return false;
  const name = source.read(LOCAL_HEADER.length, nameLength);
  return new TextDecoder().decode(name) === FLATBUFFER_NAME;
}

function hasIdentifier(source: ByteSource, start: number): boolean {
  if (source.byteLength < start + 16) return false;
  const identifier = viewOf(source.read(start, 16)).getUint32(8, true);
  return identifier === FLATBUFFER_IDENTIFIER;
}

/**
 * Locates the parts of a program file.
 *
 * @param source The file.
 * @returns The parts; throws INVALID_ARGUMENT if the file is damaged.
 */
export function readArchive(source: ByteSource): ProgramArchive {
  const start = skipLocalHeader(source);
  const available = source.byteLength - start - 4;
  if (available < 12) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "FlatBuffer data is not present or less than 16 bytes " +
        `(${Math.max(0, available + 4)} total)`,
    );
  }
  const length = viewOf(source.read(start, 4)).getUint32(0, true);
  if (length > available) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `FlatBuffer length prefix out of bounds (prefix is ${length} but only ` +
        `${available} available)`,
      { hint: "the file is truncated, damaged or not a compiled program" },
    );
  }
  const end = start + 4 + length;
  return {
    flatbuffer: source.read(start + 4, length),
    flatbufferOffset: start + 4,
    rodataOffset: Math.ceil(end / RODATA_ALIGNMENT) * RODATA_ALIGNMENT,
    ...(start === 0 ? { files: [], directory: undefined } : readFiles(source)),
  };
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function skipLocalHeader(source: ByteSource): number {
  if (source.byteLength < LOCAL_HEADER.length) return 0;
  const header = viewOf(source.read(0, LOCAL_HEADER.length));
  if (header.getUint32(0, true) !== LOCAL_HEADER.signature) return 0;
  const start = LOCAL_HEADER.length + header.getUint16(26, true) +
    header.getUint16(28, true);
  if (start <= source.byteLength) return start;
  throw new IreeError(
    "INVALID_ARGUMENT",
    "archive self-reports as a zip but does not have enough data to contain " +
      "a module",
  );
}

function readFiles(
  source: ByteSource,
): Pick<ProgramArchive, "files" | "directory"> {
  try {
    const directory = findDirectory(source);
    const bytes = source.read(directory.offset, directory.length);
    return { files: readDirectory(source, bytes), directory };
  } catch (error) {
    if (isDamage(error)) return { files: undefined, directory: undefined };
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof RangeError ||
    error instanceof IreeError && error.code === "INVALID_ARGUMENT";
}

function damaged(): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    "the archive's directory is missing",
  );
}

function findDirectory(source: ByteSource): ArchiveDirectory {
  const endOffset = source.byteLength - DIRECTORY_END.length;
  const end = viewOf(source.read(endOffset, DIRECTORY_END.length));
  if (end.getUint32(0, true) !== DIRECTORY_END.signature) throw damaged();
  const length = end.getUint32(12, true);
  const offset = end.getUint32(16, true);
  if (length !== IN_EXTRA && offset !== IN_EXTRA) return { offset, length };
  const locatorOffset = endOffset - DIRECTORY_LOCATOR_64.length;
  const locator = viewOf(
    source.read(locatorOffset, DIRECTORY_LOCATOR_64.length),
  );
  if (locator.getUint32(0, true) !== DIRECTORY_LOCATOR_64.signature) {
    throw damaged();
  }
  const wide = viewOf(
    source.read(
      Number(locator.getBigUint64(8, true)),
      DIRECTORY_END_64.length,
    ),
  );
  if (wide.getUint32(0, true) !== DIRECTORY_END_64.signature) throw damaged();
  return {
    length: Number(wide.getBigUint64(40, true)),
    offset: Number(wide.getBigUint64(48, true)),
  };
}

function readDirectory(
  source: ByteSource,
  bytes: Uint8Array<ArrayBuffer>,
): EmbeddedFile[] {
  const view = viewOf(bytes);
  const files: EmbeddedFile[] = [];
  for (let at = 0; at + DIRECTORY_HEADER.length <= bytes.length;) {
    if (view.getUint32(at, true) !== DIRECTORY_HEADER.signature) {
      throw damaged();
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const name = at + DIRECTORY_HEADER.length;
    const extra = bytes.subarray(
      name + nameLength,
      name + nameLength + extraLength,
    );
    const [, byteLength = 0, header = 0] = widen(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    files.push({
      name: new TextDecoder().decode(bytes.subarray(name, name + nameLength)),
      offset: contentsOffset(source, header),
      byteLength,
    });
    at = name + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  return files;
}

/** Replaces the numbers that the extra field contains, in order. */
function widen(
  extra: Uint8Array<ArrayBuffer>,
  numbers: readonly number[],
): number[] {
  const view = viewOf(extra);
  let at = 0;
  while (at + 4 <= extra.length && view.getUint16(at, true) !== EXTRA_64) {
    at += 4 + view.getUint16(at + 2, true);
  }
  at += 4;
  return numbers.map((number) => {
    if (number !== IN_EXTRA) return number;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  });
}

function contentsOffset(source: ByteSource, header: number): number {
  const view = viewOf(source.read(header, LOCAL_HEADER.length));
  return header + LOCAL_HEADER.length + view.getUint16(26, true) +
    view.getUint16(28, true);
}
