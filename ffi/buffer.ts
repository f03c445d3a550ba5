/**
 * VM buffers.
 *
 * @module
 */

import { toBigint } from "./base/intrinsics.ts";
import { toSafeNumber } from "./base/record.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, takeFailure } from "./library/status.ts";
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

/**
 * Copies the contents of a VM buffer that a function created, and releases it.
 *
 * @param pointer The buffer; null throws the failure.
 * @param instance The instance.
 */
export function takeBytes(
  pointer: Deno.PointerValue,
  instance: Handle,
): Uint8Array<ArrayBuffer> {
  const buffer = own(Kind.buffer, pointer, instance);
  try {
    const bytes = new Uint8Array(bufferLength(buffer));
    readBuffer(buffer, 0, bytes);
    return bytes;
  } finally {
    buffer.release();
  }
}

/** A text that a failure may have cut short. */
export interface PartialText {
  /** The text in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The failure. */
  readonly failure: Error | undefined;
}

/**
 * Copies the text that a function prints into a new VM buffer.
 *
 * @param instance The instance.
 * @param print The function; writes the code of a failure after which the text
 * ends.
 */
export function takeText(
  instance: Handle,
  print: (code: Uint32Array<ArrayBuffer>) => Deno.PointerValue,
): PartialText {
  const code = new Uint32Array(1);
  const pointer = print(code);
  // Reading the text may fail in its own way, so this failure is taken first.
  const failure = pointer !== null && code[0] !== 0 ? takeFailure() : undefined;
  return { bytes: takeBytes(pointer, instance), failure };
}
