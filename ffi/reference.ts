/**
 * References to VM objects, told apart by kind.
 *
 * @module
 */

import { Handle } from "./handle.ts";
import { native } from "./library.ts";
import { created } from "./status.ts";
import { readText } from "./text.ts";

/** `iree_ffi_kind_e`: what the pointer of a reference points to. */
export const Kind = {
  null: 0,
  ref: 1,
  list: 2,
  buffer: 3,
  bufferView: 4,
} as const;

/** A kind of objects; never null. */
export type ObjectKind = Exclude<typeof Kind[keyof typeof Kind], 0>;

/** A native object together with its kind. */
export interface TypedHandle {
  readonly kind: ObjectKind;
  readonly handle: Handle;
}

/**
 * Takes over a reference that native code handed out.
 *
 * @param kind What native code said the pointer is.
 * @param pointer The object.
 * @param source What it came out of.
 */
export function ownReference(
  kind: number,
  pointer: Deno.PointerValue,
  source: Handle,
): TypedHandle {
  const object = created(pointer);
  const owned = kind as ObjectKind;
  const handle = new Handle(object, release(owned), source.instance);
  handle.keepAllOf(source);
  return { kind: owned, handle };
}

function release(kind: ObjectKind): (pointer: Deno.PointerObject) => void {
  switch (kind) {
    case Kind.ref:
      return (pointer) => native.iree_ffi_ref_free(pointer);
    case Kind.list:
      return (pointer) => native.iree_vm_list_release(pointer);
    case Kind.buffer:
      return (pointer) => native.iree_vm_buffer_release(pointer);
    case Kind.bufferView:
      return (pointer) => native.iree_hal_buffer_view_release(pointer);
  }
}

/** Reads the full name of the type of an object of kind `ref`. */
export function referenceTypeName(reference: Handle): string {
  return readText((buffer, capacity) =>
    native.iree_ffi_ref_type_name(reference.pointer, buffer, capacity)
  );
}

/** Whether two references of kind `ref` are to one object. */
export function referencesEqual(lhs: Handle, rhs: Handle): boolean {
  return native.iree_ffi_ref_equal(lhs.pointer, rhs.pointer) !== 0;
}
