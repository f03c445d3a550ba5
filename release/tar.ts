/**
 * Writes archives for `iree setup`: ustar with only regular files, and without
 * anything that differs between runs.
 *
 * @module
 */

/** A file to put into an archive. */
export interface ArchiveFile {
  /**
   * Its path with `/`, relative to the folder that the archive is unpacked
   * into.
   */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const BLOCK = 512;

const encoder = new TextEncoder();

/**
 * Writes an archive.
 *
 * @param files Its files, in any order; the archive sorts them by path.
 * @returns The bytes of the `.tar.gz`.
 */
export async function writeArchive(
  files: readonly ArchiveFile[],
): Promise<Uint8Array<ArrayBuffer>> {
  const sorted = files.toSorted((a, b) => a.path < b.path ? -1 : 1);
  const blocks = sorted.flatMap(({ path, bytes }) => [
    header(path, bytes.length),
    bytes,
    new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK),
  ]);
  const stream = new Blob([...blocks, new Uint8Array(2 * BLOCK)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}

function header(path: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (text: string, offset: number) =>
    block.set(encoder.encode(text), offset);
  const octal = (value: number, digits: number) =>
    value.toString(8).padStart(digits, "0");
  const [prefix, name] = split(path);
  put(name, 0);
  put("0000644", 100); // mode
  put("0000000", 108); // owner
  put("0000000", 116); // group
  put(octal(size, 11), 124);
  put("00000000000", 136); // time
  put("        ", 148); // the checksum counts its own field as spaces
  put("0", 156); // a regular file
  put("ustar\0" + "00", 257);
  put(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return block;
}

/** Splits a path at a `/` if it is too long for one field. */
function split(path: string): [prefix: string, name: string] {
  if (path.length <= 100) return ["", path];
  const at = path.indexOf("/", path.length - 101);
  if (at < 0 || at > 155) throw new Error(`the path is too long: ${path}`);
  return [path.slice(0, at), path.slice(at + 1)];
}
