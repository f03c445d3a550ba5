import { IreeError } from "../base/error.ts";
import { memorySource } from "./byte_source.ts";
import { readArchive } from "./program_archive.ts";

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_HEADER = 0x02014b50;
const DIRECTORY_END = { signature: 0x06054b50, length: 22 };
const DIRECTORY_END_64 = { signature: 0x06064b50, length: 56 };
const DIRECTORY_LOCATOR_64 = { signature: 0x07064b50, length: 20 };

/** Version of the ZIP format with 64-bit offsets. */
const VERSION = 45;
/** The year 1980, month and day 1: the first date of the format. */
const DATE = 0x21;
/** Offsets are in 64-bit fields. */
const IN_EXTRA = 0xffffffff;

/**
 * Adds a file to a program's archive, or replaces it. The runtime ignores it.
 *
 * @param program The program, a `.vmfb`.
 * @param name The file's name.
 * @param contents The file's contents.
 * @returns A copy of the program with the file; throws FAILED_PRECONDITION if
 * the program is not an archive.
 */
export function withEntry(
  program: Uint8Array<ArrayBuffer>,
  name: string,
  contents: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { directory } = readArchive(memorySource(program));
  if (directory === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      "the program is not an archive that a file can be added to",
      { hint: "compile it without --iree-vm-emit-polyglot-zip=false" },
    );
  }
  const others = withoutName(
    program.subarray(directory.offset, directory.offset + directory.length),
    name,
  );
  const nameBytes = new TextEncoder().encode(name);
  const facts = { name: nameBytes, contents, checksum: crc32(contents) };
  const header = localHeader(facts);
  const offset = directory.offset;
  const added = directoryHeader(facts, offset);
  const start = offset + header.length + contents.length;
  const length = others.bytes.length + added.length;
  const end = directoryEnd(start, length, others.count + 1);
  return join([
    program.subarray(0, offset),
    header,
    contents,
    others.bytes,
    added,
    end,
  ]);
}

interface EntryFacts {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly contents: Uint8Array<ArrayBuffer>;
  readonly checksum: number;
}

/** The directory without the file of a name, and how many it has. */
function withoutName(
  bytes: Uint8Array<ArrayBuffer>,
  removed: string,
): { bytes: Uint8Array<ArrayBuffer>; count: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length;) {
    const nameLength = view.getUint16(at + 28, true);
    const end = at + 46 + nameLength + view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
    const name = bytes.subarray(at + 46, at + 46 + nameLength);
    if (new TextDecoder().decode(name) !== removed) {
      kept.push(bytes.subarray(at, end));
    }
    at = end;
  }
  return { bytes: join(kept), count: kept.length };
}

function localHeader({ name, contents, checksum }: EntryFacts) {
  const view = new DataView(new ArrayBuffer(30));
  view.setUint32(0, LOCAL_HEADER, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(12, DATE, true);
  view.setUint32(14, checksum, true);
  view.setUint32(18, contents.length, true);
  view.setUint32(22, contents.length, true);
  view.setUint16(26, name.length, true);
  return join([new Uint8Array(view.buffer), name]);
}

function directoryHeader(
  { name, contents, checksum }: EntryFacts,
  offset: number,
) {
  const view = new DataView(new ArrayBuffer(46));
  view.setUint32(0, DIRECTORY_HEADER, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, VERSION, true);
  view.setUint16(14, DATE, true);
  view.setUint32(16, checksum, true);
  view.setUint32(20, contents.length, true);
  view.setUint32(24, contents.length, true);
  view.setUint16(28, name.length, true);
  const extra = new DataView(new ArrayBuffer(12));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 8, true);
  extra.setBigUint64(4, BigInt(offset), true);
  view.setUint16(30, extra.byteLength, true);
  view.setUint32(42, IN_EXTRA, true);
  return join([
    new Uint8Array(view.buffer),
    name,
    new Uint8Array(extra.buffer),
  ]);
}

function directoryEnd(offset: number, length: number, count: number) {
  const wide = new DataView(new ArrayBuffer(DIRECTORY_END_64.length));
  wide.setUint32(0, DIRECTORY_END_64.signature, true);
  wide.setBigUint64(4, BigInt(DIRECTORY_END_64.length - 12), true);
  wide.setUint16(12, VERSION, true);
  wide.setUint16(14, VERSION, true);
  wide.setBigUint64(24, BigInt(count), true);
  wide.setBigUint64(32, BigInt(count), true);
  wide.setBigUint64(40, BigInt(length), true);
  wide.setBigUint64(48, BigInt(offset), true);
  const locator = new DataView(new ArrayBuffer(DIRECTORY_LOCATOR_64.length));
  locator.setUint32(0, DIRECTORY_LOCATOR_64.signature, true);
  locator.setBigUint64(8, BigInt(offset + length), true);
  locator.setUint32(16, 1, true);
  const end = new DataView(new ArrayBuffer(DIRECTORY_END.length));
  end.setUint32(0, DIRECTORY_END.signature, true);
  end.setUint16(8, Math.min(count, 0xffff), true);
  end.setUint16(10, Math.min(count, 0xffff), true);
  end.setUint32(12, Math.min(length, IN_EXTRA), true);
  end.setUint32(16, IN_EXTRA, true);
  return join([wide, locator, end].map((it) => new Uint8Array(it.buffer)));
}

function join(
  parts: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The checksum of the ZIP format. */
function crc32(bytes: Uint8Array<ArrayBuffer>): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}
