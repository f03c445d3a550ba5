/**
 * Memory of JavaScript as that of tensors, without a copy.
 *
 * @module
 */

import { IreeError } from "./base/error.ts";
import { byteLengthOf, moveMemory } from "./base/typed_array.ts";
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
 * Makes memory in which an array can begin at an address that devices take.
 *
 * @param byteLength How much of it.
 * @returns The memory, and where in it the array begins.
 */
export function alignedMemory(
  byteLength: number,
): { buffer: ArrayBuffer; offset: number } {
  const buffer = new ArrayBuffer(
    byteLength + native.iree_ffi_import_alignment(),
  );
  return { buffer, offset: alignmentOffset(new Uint8Array(buffer)) };
}

/** How many bytes are between an array and the next address that will do. */
export function alignmentOffset(
  array: ArrayBufferView<ArrayBufferLike>,
): number {
  return native.iree_ffi_import_offset(array);
}

/**
 * Creates a buffer view over an array's memory, which is moved away: all arrays
 * over it are empty from then on.
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
        dims.length,
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

// That of a `WebAssembly.Memory` stays where it is, and nothing tells before.
function moved(owner: ArrayBuffer): ArrayBuffer {
  try {
    return moveMemory(owner);
  } catch (cause) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "what is adopted is over memory that cannot be moved out of its arrays",
      { cause, hint: "make the array by BufferView.alignedArray" },
    );
  }
}
