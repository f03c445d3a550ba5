import { IreeError } from "../base/error.ts";
import type { ByteSource } from "./byte_source.ts";

/** How much of a file is read at a time. */
const WINDOW_LENGTH = 65536;

/** More than any header needs; a longer length means the file is corrupt. */
const MAX_READ_LENGTH = 2 ** 28;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A file with random access and checked bounds. */
export class BinaryFile {
  /** The file's path, for messages. */
  readonly path: string;
  /** The file's length in bytes. */
  readonly length: number;
  readonly #source: ByteSource;
  readonly #littleEndian: boolean;
  #window = new Uint8Array();
  #windowStart = 0;

  /**
   * Reads from an open file.
   *
   * @param path The file's path, for messages.
   * @param source The file's contents.
   * @param littleEndian The byte order of its numbers.
   */
  constructor(path: string, source: ByteSource, littleEndian = true) {
    this.path = path;
    this.length = source.byteLength;
    this.#source = source;
    this.#littleEndian = littleEndian;
  }

  /** The same file with the other byte order. */
  bigEndian(): BinaryFile {
    return new BinaryFile(this.path, this.#source, false);
  }

  /**
   * Reads bytes.
   *
   * @param offset The first byte.
   * @param length The number of bytes.
   * @param what Names the bytes in the message when the file ends too early.
   * @returns A copy of the bytes.
   */
  bytes(offset: number, length: number, what: string): Uint8Array<ArrayBuffer> {
    const view = this.#view(offset, length, what);
    return new Uint8Array(view.buffer, view.byteOffset, length).slice();
  }

  /** Reads a u16. */
  u16(offset: number, what: string): number {
    return this.#view(offset, 2, what).getUint16(0, this.#littleEndian);
  }

  /** Reads a u32. */
  u32(offset: number, what: string): number {
    return this.#view(offset, 4, what).getUint32(0, this.#littleEndian);
  }

  /**
   * Reads a u64 that counts something in the file, so that values beyond 2^53
   * are errors.
   */
  u64(offset: number, what: string): number {
    const value = this.#view(offset, 8, what).getBigUint64(
      0,
      this.#littleEndian,
    );
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw this.corrupt(`${what} is ${value}, more than any file has`);
  }

  /** Reads UTF-8. */
  text(offset: number, length: number, what: string): string {
    return this.decode(this.bytes(offset, length, what), what);
  }

  /** Decodes UTF-8 that was read from the file. */
  decode(bytes: Uint8Array, what: string): string {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw this.corrupt(`${what} is not UTF-8`, cause);
    }
  }

  /** Throws if a range does not lie within the file. */
  check(offset: number, length: number, what: string): void {
    if (length <= this.length && offset <= this.length - length) return;
    throw new IreeError(
      "OUT_OF_RANGE",
      `'${this.path}' ends before ${what}: it has ${this.length} bytes, ` +
        `${what} needs ${length} from byte ${offset}`,
      { hint: "the file is truncated or corrupt" },
    );
  }

  /** Creates the error for an inconsistent file. */
  corrupt(what: string, cause?: unknown): IreeError {
    return new IreeError("INVALID_ARGUMENT", `'${this.path}': ${what}`, {
      hint: "the file is corrupt, or its version is not supported",
      cause,
    });
  }

  #view(offset: number, length: number, what: string): DataView<ArrayBuffer> {
    this.check(offset, length, what);
    if (length > MAX_READ_LENGTH) {
      throw this.corrupt(`${what} has ${length} bytes, more than any header`);
    }
    let at = offset - this.#windowStart;
    if (at < 0 || at + length > this.#window.length) {
      const wanted = Math.max(length, WINDOW_LENGTH);
      const available = Math.min(wanted, this.length - offset);
      this.#window = this.#source.read(offset, available);
      this.#windowStart = offset;
      at = 0;
    }
    const { buffer, byteOffset } = this.#window;
    return new DataView(buffer, byteOffset + at, length);
  }
}
