import { type Handle, Kind } from "../../ffi/ownership/handle.ts";
import { BufferView } from "../hal/buffer_view.ts";
import { List } from "./list.ts";
import { handleIn, isForged } from "../base/native_object.ts";
import { Reference } from "./reference.ts";
import { VmBuffer } from "./vm_buffer.ts";

/** An object of the VM. */
export type VmObject = List | VmBuffer | BufferView | Reference;

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
      return new Reference(handle);
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

/**
 * Names the type of a value for an error message.
 *
 * @param value Any value.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "number":
      return `the number ${value}`;
    case "bigint":
      return `the bigint ${value}n`;
    case "object":
      return value === null
        ? "null"
        : `a ${value.constructor?.name ?? "object"}` +
          (isForged(value)
            ? " that was not made by a function of the package"
            : "");
    case "string":
      return "a string";
    case "boolean":
      return `the boolean ${value}`;
    default:
      return typeof value;
  }
}
