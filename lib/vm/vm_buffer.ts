import type { Bytes } from "../../ffi/base/typed_array.ts";
import {
  bufferLength,
  createBuffer,
  readBuffer,
  writeBuffer,
} from "../../ffi/buffer.ts";
import { allocateArray } from "../base/allocate.ts";
import { toByteCount } from "../base/checks.ts";
import { type Facts, preview, PREVIEW_LENGTH } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";

/**
 * A `!vm.buffer`: bytes in host memory that programs and modules share.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance, VmBuffer } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using buffer = VmBuffer.from(instance, new Uint8Array([1, 2, 3]));
 * assertEquals(buffer.toBytes()[2], 3);
 * ```
 */
export class VmBuffer extends NativeObject {
  /**
   * Creates a mutable buffer with a copy of bytes.
   *
   * @param instance The instance.
   * @param bytes What to copy.
   */
  static from(instance: Instance, bytes: Bytes): VmBuffer {
    return new VmBuffer(createBuffer(handleOf(instance), bytes));
  }

  /** Length in bytes. */
  get byteLength(): number {
    return bufferLength(handleOf(this));
  }

  /**
   * Copies bytes into an existing array.
   *
   * @param target The target; its length is the number of bytes to copy.
   * @param offset First byte to copy.
   */
  read(target: Bytes, offset = 0): void {
    readBuffer(handleOf(this), toByteCount("offset", offset), target);
  }

  /**
   * Copies bytes from an array into the buffer.
   *
   * @param source The bytes.
   * @param offset Offset in the buffer.
   */
  write(source: Bytes, offset = 0): void {
    writeBuffer(handleOf(this), toByteCount("offset", offset), source);
  }

  /** Copies all bytes out. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = allocateArray(Uint8Array, this.byteLength);
    this.read(bytes);
    return bytes;
  }

  /** Decodes all bytes as UTF-8; throws if they are invalid. */
  toText(): string {
    const bytes = this.toBytes();
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes);
    } catch (cause) {
      throw new IreeError("INVALID_ARGUMENT", "the buffer is not UTF-8", {
        cause,
      });
    }
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      byteLength: () => this.byteLength,
      bytes: () => this.#preview(),
    };
  }

  #preview(): unknown[] {
    const { byteLength } = this;
    const bytes = new Uint8Array(Math.min(byteLength, PREVIEW_LENGTH));
    this.read(bytes);
    return preview(bytes, byteLength);
  }
}
