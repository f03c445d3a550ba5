import { type BufferView, IreeError } from "../../../mod.ts";
import { parseTensor } from "../../tooling/mod.ts";
import type { Device, Instance } from "../../../mod.ts";
import { checkInputFile } from "../common/input_file.ts";
import { asFileError } from "./file_error.ts";

/** How much of a file is copied at a time. */
const PIECE_LENGTH = 2 ** 20;

/** A file whose bytes are tensors' contents, one after the other. */
export class RawFile implements Disposable {
  readonly #path: string;
  #file: Deno.FsFile;
  #offset = 0;

  /**
   * Opens a file.
   *
   * @param path The file; pipes are read sequentially.
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = open(path);
  }

  /** Returns to the first byte. */
  rewind(): void {
    if (this.#offset === 0) return;
    this.#file.close();
    this.#file = open(this.#path);
    this.#offset = 0;
  }

  /**
   * Reads a tensor's contents.
   *
   * @param memory The device for the tensor, or an instance.
   * @param type Shape and element type as text.
   * @returns The tensor, which the caller must dispose.
   */
  readTensor(memory: Device | Instance, type: string): BufferView {
    const tensor = parseTensor(memory, type);
    try {
      this.#fill(tensor);
      return tensor;
    } catch (error) {
      tensor.dispose();
      throw error;
    }
  }

  /** Throws if bytes are left over. */
  checkEnd(): void {
    if (read(this.#file, new Uint8Array(1)) === 0) return;
    const { isFile, size } = this.#file.statSync();
    const left = isFile ? `${size - this.#offset} bytes` : "bytes";
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${this.#path}' has ${left} left after the ${this.#offset} that were ` +
        "read",
      {
        hint: "the file's shape or element type differs from the tensor's; " +
          "read several tensors in one file with @file, then +file",
      },
    );
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #fill(tensor: BufferView): void {
    const { byteLength } = tensor;
    const buffer = new Uint8Array(Math.min(PIECE_LENGTH, byteLength));
    for (let at = 0; at < byteLength;) {
      const piece = buffer.subarray(0, Math.min(PIECE_LENGTH, byteLength - at));
      const count = read(this.#file, piece);
      if (count === 0) {
        throw new IreeError(
          "OUT_OF_RANGE",
          `end-of-file encountered during read; '${this.#path}' has ` +
            `${at} bytes left, needs ${byteLength}`,
        );
      }
      tensor.writeBytes(piece.subarray(0, count), at);
      at += count;
      this.#offset += count;
    }
  }
}

function open(path: string): Deno.FsFile {
  checkInputFile(path);
  try {
    return Deno.openSync(path);
  } catch (error) {
    throw asFileError(error, path);
  }
}

function read(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): number {
  return file.readSync(bytes) ?? 0;
}
