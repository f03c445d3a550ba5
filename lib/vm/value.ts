import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { handleIn } from "../base/native_object.ts";
import { BufferView } from "../hal/buffer_view.ts";
import { List } from "./list.ts";
import { VmBuffer } from "./vm_buffer.ts";
import { VmRef } from "./vm_ref.ts";

/** An object of the VM. */
export type VmObject = List | VmBuffer | BufferView | VmRef;

/**
 * What functions take and return and what lists hold: numbers for i8 to i32,
 * f32 and f64, `bigint` for i64, objects, and `null` for a null reference.
 */
export type Value = number | bigint | VmObject | null;

/**
 * Wraps a native object in the class for its kind.
 *
 * @param handle The object; the wrapper owns it.
 */
export function wrapObject(handle: Handle): VmObject {
  switch (handle.kind) {
    case Kind.list:
      return new List(handle);
    case Kind.buffer:
      return new VmBuffer(handle);
    case Kind.bufferView:
      return new BufferView(handle);
    default:
      return new VmRef(handle);
  }
}

/**
 * Finds the native object in a value.
 *
 * @param value Any value.
 * @returns The object, or `undefined` when the value is none of the VM's.
 */
export function unwrapObject(value: unknown): Handle | undefined {
  const handle = handleIn(value);
  return handle !== undefined && handle.kind <= Kind.bufferView
    ? handle
    : undefined;
}
