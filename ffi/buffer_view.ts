/**
 * HAL buffer views.
 *
 * @module
 */

import { byteLengthOf, lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, readRecord, readString } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** Memory that tensors are allocated in. */
export interface Placement {
  /** The instance. */
  readonly instance: Handle;
  /** A device group; undefined for programs without devices. */
  readonly devices: Handle | undefined;
  /** Ordinal of the device in the group. */
  readonly ordinal: number;
}

/** A tensor's contents, type and shape for native code. */
export interface TensorBytes {
  /** `iree_hal_element_type_t`. */
  readonly code: number;
  /** Dimensions, outermost first. */
  readonly dims: Float64Array<ArrayBuffer>;
  /** The contents. */
  readonly bytes: ArrayBufferView<ArrayBufferLike>;
}

/** Creates a buffer view with a copy of a tensor's contents. */
export function createBufferView(
  memory: Placement,
  tensor: TensorBytes,
): Handle {
  const { instance, devices, ordinal } = memory;
  const { code, dims, bytes } = tensor;
  return ownBufferView(
    memory,
    native.iree_ffi_buffer_view_create(
      instance.pointer(Kind.instance),
      devices?.pointer(Kind.deviceGroup) ?? null,
      ordinal,
      code,
      dims,
      lengthOf(dims),
      bytes,
      byteLengthOf(bytes),
    ),
  );
}

/** Takes ownership of a new buffer view, or throws the failure. */
export function ownBufferView(
  { instance, devices }: Placement,
  pointer: Deno.PointerValue,
): Handle {
  const view = own(Kind.bufferView, pointer, instance);
  // Device memory must not outlive its device.
  if (devices !== undefined) view.deviceLifetime.addDevice(devices);
  return view;
}

/** Copies part of the contents into an array; the offset is in bytes. */
export function readBufferView(
  view: Handle,
  offset: number,
  target: ArrayBufferView<ArrayBufferLike>,
): void {
  check(
    native.iree_ffi_buffer_view_read(
      view.pointerToContents(Kind.bufferView),
      offset,
      target,
      byteLengthOf(target),
    ),
  );
}

/** Copies an array over part of the contents; the offset is in bytes. */
export function writeBufferView(
  view: Handle,
  offset: number,
  source: ArrayBufferView<ArrayBufferLike>,
): void {
  check(
    native.iree_ffi_buffer_view_write(
      view.pointerToContents(Kind.bufferView),
      offset,
      source,
      byteLengthOf(source),
    ),
  );
}

/** A buffer view's description. */
export interface BufferViewDescription {
  /** Element type, such as `f32`. */
  readonly elementType: string;
  /** Length in bytes. */
  readonly byteLength: number;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
}

/** Describes a buffer view. */
export function describeBufferView(view: Handle): BufferViewDescription {
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_buffer_view_describe(
      view.pointer(Kind.bufferView),
      buffer,
      capacity,
    )
  );
  const elementType = record.string();
  const rank = record.u32();
  const byteLength = record.u64();
  const shape = Array.from({ length: rank }, () => record.u64());
  return { elementType, byteLength, shape };
}

/** Formats a buffer view as IREE does. */
export function formatBufferView(
  view: Handle,
  maxElementCount: number,
): string {
  return readString((buffer, capacity) =>
    native.iree_ffi_buffer_view_format(
      view.pointerToContents(Kind.bufferView),
      maxElementCount,
      buffer,
      capacity,
    )
  );
}
