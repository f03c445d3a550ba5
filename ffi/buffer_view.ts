/**
 * HAL buffer views.
 *
 * @module
 */

import { byteLengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, readRecord, readString } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** Where tensors are allocated. */
export interface Placement {
  /** The instance. */
  readonly instance: Handle;
  /** A group of devices; none for programs that use no device. */
  readonly devices: Handle | undefined;
  /** Which device of the group. */
  readonly ordinal: number;
}

/** A tensor's contents and what they are, as native code takes them. */
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
      dims.length,
      bytes,
      byteLengthOf(bytes),
    ),
  );
}

/** Takes over a new buffer view, or throws why there is none. */
export function ownBufferView(
  { instance, devices }: Placement,
  pointer: Deno.PointerValue,
): Handle {
  const view = own(Kind.bufferView, pointer, instance);
  // Memory of a device must not outlive the device.
  if (devices !== undefined) view.deviceLifetime.addDevice(devices);
  return view;
}

/** Copies a part of the contents into an array; offset in bytes. */
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

/** Copies an array over a part of the contents; offset in bytes. */
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

/** Formats a buffer view as IREE prints it. */
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
