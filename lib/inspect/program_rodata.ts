import { IreeError } from "../base/error.ts";
import type { ByteSource } from "../files/byte_source.ts";
import type { FlatTable } from "../files/flatbuffer.ts";
import type { ProgramArchive } from "../files/program_archive.ts";
import type { RodataSegment } from "./program_description.ts";
import { recognizeExecutable } from "./program_targets.ts";

/** Table fields by their position in IREE's `bytecode_module_def.fbs`. */
const RODATA = { embedded: 2, offset: 3, length: 4 } as const;

/** Longest constant that is included as text. */
const MAX_TEXT_LENGTH = 256;

/**
 * Describes one constant or executable.
 *
 * @param source The program's file.
 * @param archive The file's parts.
 * @param segment The table that refers to the data.
 * @param ordinal Number of the segment, for errors.
 */
export function describeRodata(
  source: ByteSource,
  archive: ProgramArchive,
  segment: FlatTable,
  ordinal: number,
): RodataSegment {
  const external = !segment.has(RODATA.embedded);
  const bytes = segment.bytes(RODATA.embedded);
  const byteLength = external ? segment.u64(RODATA.length) : bytes.length;
  const offset = external
    ? archive.rodataOffset + segment.u64(RODATA.offset)
    : archive.flatbufferOffset + bytes.byteOffset -
      archive.flatbuffer.byteOffset;
  if (offset + byteLength > source.byteLength) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `rodata[${ordinal}] external reference out of range`,
      { hint: "the file is truncated or damaged" },
    );
  }
  return {
    byteLength,
    offset,
    external,
    text: external ? undefined : readShortText(bytes),
    executable: recognizeExecutable(source, offset, byteLength),
    file: archive.files?.find((it) => it.offset === offset)?.name,
  };
}

function readShortText(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (bytes.length === 0 || bytes.length > MAX_TEXT_LENGTH) return undefined;
  const text = new TextDecoder().decode(bytes);
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}
