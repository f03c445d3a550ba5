/**
 * VM buffers and HAL buffer views.
 *
 * @module
 */

import { Handle, Kind } from "./handle.ts";
import { native } from "./library.ts";
import { check, checkLength, created } from "./status.ts";
import {
  bytesOf,
  readBytes,
  readText,
  RecordReader,
  toSafeNumber,
} from "./text.ts";

/** Creates a mutable VM buffer with a copy of the bytes. */
export function createBuffer(
  instance: Handle,
  source: Uint8Array<ArrayBuffer>,
): Handle {
  const bytes = bytesOf(source, "the contents of a buffer");
  return new Handle(
    Kind.buffer,
    created(native.iree_ffi_buffer_create(bytes, BigInt(bytes.length))),
    instance,
  );
}

/** Length of a VM buffer in bytes. */
export function bufferLength(buffer: Handle): number {
  return toSafeNumber(
    native.iree_ffi_buffer_length(buffer.pointer(Kind.buffer)),
  );
}

/** Copies bytes out of a VM buffer. */
export function readBuffer(
  buffer: Handle,
  offset: number,
  target: Uint8Array<ArrayBuffer>,
): void {
  const bytes = bytesOf(target, "what bytes are read into");
  check(
    native.iree_ffi_buffer_read(
      buffer.pointer(Kind.buffer),
      BigInt(offset),
      bytes,
      BigInt(bytes.length),
    ),
  );
}

/** Copies bytes into a VM buffer. */
export function writeBuffer(
  buffer: Handle,
  offset: number,
  source: Uint8Array<ArrayBuffer>,
): void {
  const bytes = bytesOf(source, "what is written");
  check(
    native.iree_ffi_buffer_write(
      buffer.pointer(Kind.buffer),
      BigInt(offset),
      bytes,
      BigInt(bytes.length),
    ),
  );
}

/** What a buffer view tells of itself. */
export interface BufferViewDescription {
  /** Name of the element type, such as `f32`. */
  readonly elementType: string;
  /** Length in bytes. */
  readonly byteLength: number;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
}

/** Reads what a buffer view tells of itself. */
export function describeBufferView(view: Handle): BufferViewDescription {
  const record = new RecordReader(
    readBytes((buffer, capacity) =>
      checkLength(
        native.iree_ffi_buffer_view_describe(
          view.pointer(Kind.bufferView),
          buffer,
          capacity,
        ),
      )
    ),
  );
  const elementType = record.string();
  const rank = record.u32();
  const byteLength = record.u64();
  const shape = Array.from({ length: rank }, () => record.u64());
  return { elementType, byteLength, shape };
}

/** Formats a buffer view as IREE prints it. */
export function formatBufferView(
  view: Handle,
  maxElementCount: number,
): string {
  return readText((buffer, capacity) =>
    checkLength(
      native.iree_ffi_buffer_view_format(
        view.pointer(Kind.bufferView),
        maxElementCount,
        buffer,
        capacity,
      ),
    )
  );
}
