/**
 * JavaScript memory as tensor memory, without a copy.
 *
 * @module
 */

import { IreeError } from "./base/error.ts";
import { byteLengthOf, lengthOf, moveMemory } from "./base/typed_array.ts";
import {
  ownBufferView,
  type Placement,
  type TensorBytes,
} from "./buffer_view.ts";
import { native } from "./library/library.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import {
  pinMemory,
  pinMovedMemory,
  unpinMemory,
} from "./ownership/pinned_memory.ts";

/**
 * Allocates memory with room for an array at an address that devices accept.
 *
 * @param byteLength Length of the array.
 * @returns The memory, and the offset of the array in it.
 */
export function alignedMemory(
  byteLength: number,
): { buffer: ArrayBuffer; offset: number } {
  const buffer = allocate(byteLength + native.iree_ffi_import_alignment());
  return { buffer, offset: alignmentOffset(new Uint8Array(buffer)) };
}

function allocate(byteLength: number): ArrayBuffer {
  try {
    return new ArrayBuffer(byteLength);
  } catch (cause) {
    throw new IreeError(
      "RESOURCE_EXHAUSTED",
      `no memory for an array of ${byteLength} bytes`,
      { cause },
    );
  }
}

/** Returns the number of bytes from an array to the next suitable address. */
export function alignmentOffset(
  array: ArrayBufferView<ArrayBufferLike>,
): number {
  return native.iree_ffi_import_offset(array);
}

/**
 * Creates a buffer view over an array's memory, and detaches all arrays over
 * it.
 *
 * @param memory The device.
 * @param tensor The array.
 * @param owner The memory of the array.
 */
export function importBufferView(
  memory: Placement,
  tensor: TensorBytes,
  owner: ArrayBuffer,
): Handle {
  const { instance, devices, ordinal } = memory;
  const { code, dims, bytes } = tensor;
  const key = pinMemory(owner);
  try {
    const view = ownBufferView(
      memory,
      native.iree_ffi_import_create(
        instance.pointer(Kind.instance),
        devices?.pointer(Kind.deviceGroup) ?? null,
        ordinal,
        code,
        dims,
        lengthOf(dims),
        bytes,
        byteLengthOf(bytes),
        key,
      ),
    );
    try {
      pinMovedMemory(key, moved(owner));
    } catch (error) {
      view.release();
      throw error;
    }
    return view;
  } catch (error) {
    unpinMemory(key);
    throw error;
  }
}

// The memory of a `WebAssembly.Memory` cannot be moved, which only shows when
// moving fails.
function moved(owner: ArrayBuffer): ArrayBuffer {
  try {
    return moveMemory(owner);
  } catch (cause) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "cannot import memory that cannot be moved out of its arrays",
      { cause, hint: "create the array with BufferView.alignedArray" },
    );
  }
}
