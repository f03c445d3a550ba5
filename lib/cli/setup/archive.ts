import { IreeError } from "../../../mod.ts";

// Supports only what `./dev package` writes: gzip around ustar with regular
// files. Anything else is rejected, so that archives cannot write outside of the
// destination folder.

/** A file in an archive. */
export interface ArchiveFile {
  /** Its path in the destination folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Size of headers and of the blocks that contents are padded to. */
const BLOCK = 512;

const text = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads all files in an archive.
 *
 * @param archive The bytes of a `.tar.gz`.
 * @returns The files; throws if the archive is damaged or contains anything but
 * regular files inside the folder.
 */
export async function readArchive(
  archive: Uint8Array<ArrayBuffer>,
): Promise<ArchiveFile[]> {
  const tar = await gunzip(archive);
  const files: ArchiveFile[] = [];
  // Windows and macOS ignore case in names.
  const names = new Set<string>();
  const folders = new Set<string>();
  let offset = 0;
  while (!isEnd(tar, offset)) {
    const file = readFile(tar, offset);
    const name = file.path.toLowerCase();
    if (names.has(name)) throw damaged(`has '${file.path}' twice`);
    names.add(name);
    for (const folder of foldersOf(name)) folders.add(folder);
    files.push(file);
    offset += BLOCK + Math.ceil(file.bytes.length / BLOCK) * BLOCK;
  }
  const both = files.find(({ path }) => folders.has(path.toLowerCase()));
  if (both === undefined) return files;
  throw damaged(`has '${both.path}' as a file and as a folder`);
}

async function gunzip(
  archive: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([archive]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  try {
    return await new Response(stream).bytes();
  } catch (error) {
    throw damaged("is truncated or not gzip", error);
  }
}

/** Two zero blocks mark the end; only zeros may follow. */
function isEnd(tar: Uint8Array, offset: number): boolean {
  if (tar.length - offset < 2 * BLOCK) throw damaged("is truncated");
  if (tar[offset] !== 0) return false;
  if (tar.subarray(offset).some((byte) => byte !== 0)) {
    throw damaged("has data after its end");
  }
  return true;
}

function readFile(tar: Uint8Array<ArrayBuffer>, offset: number): ArchiveFile {
  const header = tar.subarray(offset, offset + BLOCK);
  if (readNumber(header, 148, 8) !== sumOf(header)) {
    throw damaged(`has a damaged header at ${offset}`);
  }
  const prefix = readText(header, 345, 155);
  const name = readText(header, 0, 100);
  const path = prefix === "" ? name : `${prefix}/${name}`;
  const type = String.fromCharCode(...header.subarray(156, 157));
  if (readText(header, 257, 6) !== "ustar" || type !== "0") {
    throw damaged(
      `has '${path}' of type '${type}', which is not a regular file`,
    );
  }
  if (!isInside(path)) {
    throw damaged(`has '${path}', which is not a path inside a folder`);
  }
  const start = offset + BLOCK;
  const end = start + readNumber(header, 124, 12);
  if (end > tar.length) throw damaged(`is truncated in '${path}'`);
  return { path, bytes: tar.subarray(start, end) };
}

/** Names that Windows reserves for devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Returns whether each part of a path is a plain name on every system. Windows
 * drops trailing periods.
 */
function isInside(path: string): boolean {
  return path.split("/").every((part) =>
    /^[\w.+-]*[\w+-]$/.test(part) && !DEVICE.test(part)
  );
}

/** All folders that contain a file: `a` and `a/b` for `a/b/c`. */
function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function readText(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  try {
    return text.decode(end < 0 ? field : field.subarray(0, end));
  } catch (error) {
    throw damaged("has a name that is not UTF-8", error);
  }
}

/** Octal digits, terminated by a space or a zero byte. */
function readNumber(header: Uint8Array, start: number, length: number): number {
  const digits = readText(header, start, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw damaged("has a damaged number");
  return Number.parseInt(digits, 8);
}

/** The sum of a header's bytes, with spaces in place of the checksum. */
function sumOf(header: Uint8Array): number {
  return header.reduce(
    (sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte),
    0,
  );
}

function damaged(what: string, cause?: unknown): IreeError {
  return new IreeError("DATA_LOSS", `the archive ${what}`, { cause });
}
