/**
 * Memory of JavaScript as that of tensors, without a copy.
 *
 * @module
 */

import { type Memory, ownBufferView, type TensorBytes } from "./buffer_view.ts";
import { Handle, Kind } from "./handle.ts";
import { keepMemory } from "./kept_memory.ts";
import { native } from "./library.ts";
import { created } from "./status.ts";
import { byteLengthOf } from "./text.ts";

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
export function alignmentOffset(array: ArrayBufferView<ArrayBuffer>): number {
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
  memory: Memory,
  tensor: TensorBytes,
  owner: ArrayBuffer,
): Handle {
  const { instance, devices, ordinal } = memory;
  const { code, dims, bytes } = tensor;
  const pointer = created(
    native.iree_ffi_import_create(
      instance.pointer(Kind.instance),
      devices?.pointer(Kind.deviceGroup) ?? null,
      ordinal,
      code,
      dims,
      dims.length,
      bytes,
      byteLengthOf(bytes),
    ),
  );
  const token = new Handle(Kind.import, pointer, instance);
  keepMemory({
    memory: owner.transfer(),
    isReleased: () => native.iree_ffi_import_is_released(pointer) !== 0,
    letGo: () => token.release(),
  });
  return ownBufferView(memory, native.iree_ffi_import_take_view(pointer));
}
