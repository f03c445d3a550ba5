import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { IreeError } from "../base/error.ts";
import { handleIn } from "../base/native_object.ts";
import { BufferView } from "../hal/buffer_view.ts";
import { jsonForm } from "../tensor/json_form.ts";
import { List } from "./list.ts";
import { VmBuffer } from "./vm_buffer.ts";
import { VmRef } from "./vm_ref.ts";

/** An object of the VM. */
export type VmObject = List | VmBuffer | BufferView | VmRef;

/**
 * Arguments and results of functions, and elements of lists: numbers for i8 to
 * i32, f32 and f64, `bigint` for i64, objects, and `null` for a null reference.
 */
export type Value = number | bigint | VmObject | null;

/**
 * Wraps a native object in the class for its kind.
 *
 * @param handle The object; the wrapper takes ownership.
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
 * @returns The object, or `undefined` if the value is not a VM object.
 */
export function unwrapObject(value: unknown): Handle | undefined {
  const handle = handleIn(value);
  return handle !== undefined && handle.kind <= Kind.bufferView
    ? handle
    : undefined;
}

/** Lists nested deeper than this may contain themselves. */
const MAX_DEPTH = 128;

/**
 * Converts a list to JSON.
 *
 * @param list The list.
 * @param depth Its nesting depth.
 */
export function listToJson(list: List, depth = 0): readonly unknown[] {
  if (depth > MAX_DEPTH) {
    throw new IreeError(
      "OUT_OF_RANGE",
      `lists that are nested more than ${MAX_DEPTH} deep have no JSON form`,
    );
  }
  using stack = new DisposableStack();
  const values = list.toArray();
  for (const it of values) if (isObject(it)) stack.use(it);
  return values.map((it) => {
    if (it === null) return null;
    if (it instanceof List) return listToJson(it, depth + 1);
    return isObject(it) ? it.toJSON() : jsonForm(it);
  });
}

/**
 * Whether a value is an object.
 *
 * @param value The value.
 */
export function isObject(value: Value): value is VmObject {
  return typeof value === "object" && value !== null;
}

/**
 * Names an object in a list without its contents, which may contain the list.
 *
 * @param object The object.
 */
export function labelOf(object: VmObject): string {
  const name = object.constructor.name;
  if (object instanceof List) return `[${name} of ${object.size}]`;
  if (object instanceof VmBuffer) {
    return `[${name} of ${object.byteLength} bytes]`;
  }
  if (object instanceof VmRef) return `[${name} of ${object.typeName}]`;
  return `[${name} ${[...object.shape, object.elementType].join("x")}]`;
}
