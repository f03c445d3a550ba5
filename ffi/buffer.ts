/**
 * VM buffers.
 *
 * @module
 */

import { toBigint } from "./base/intrinsics.ts";
import { toSafeNumber } from "./base/record.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** Creates a mutable VM buffer with a copy of the bytes. */
export function createBuffer(
  instance: Handle,
  source: Bytes,
): Handle {
  const bytes = bytesOf(source, "the contents of a buffer");
  return own(
    Kind.buffer,
    native.iree_ffi_buffer_create(bytes, toBigint(lengthOf(bytes))),
    instance,
  );
}

/** Returns the length of a VM buffer in bytes. */
export function bufferLength(buffer: Handle): number {
  return toSafeNumber(
    native.iree_ffi_buffer_length(buffer.pointer(Kind.buffer)),
  );
}

/** Copies bytes out of a VM buffer. */
export function readBuffer(
  buffer: Handle,
  offset: number,
  target: Bytes,
): void {
  const bytes = bytesOf(target, "the target");
  check(
    native.iree_ffi_buffer_read(
      buffer.pointer(Kind.buffer),
      toBigint(offset),
      bytes,
      toBigint(lengthOf(bytes)),
    ),
  );
}

/** Copies bytes into a VM buffer. */
export function writeBuffer(
  buffer: Handle,
  offset: number,
  source: Bytes,
): void {
  const bytes = bytesOf(source, "the source");
  check(
    native.iree_ffi_buffer_write(
      buffer.pointer(Kind.buffer),
      toBigint(offset),
      bytes,
      toBigint(lengthOf(bytes)),
    ),
  );
}
