/**
 * References to VM objects, told apart by kind.
 *
 * @module
 */

import { Handle, Kind } from "./handle.ts";
import { native } from "./library.ts";
import { created } from "./status.ts";
import { readText } from "./text.ts";

/** A kind of objects that references point to; never null. */
export type ObjectKind = typeof Kind["ref" | "list" | "buffer" | "bufferView"];

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
  const objectKind = kind as ObjectKind;
  const handle = new Handle(objectKind, created(pointer), source.instance);
  handle.joinNew(source);
  if (objectKind === Kind.list) handle.domain.noteList();
  return { kind: objectKind, handle };
}

/** Reads the full name of the type of an object of kind `ref`. */
export function referenceTypeName(reference: Handle): string {
  return readText((buffer, capacity) =>
    native.iree_ffi_ref_type_name(reference.pointer(Kind.ref), buffer, capacity)
  );
}

/** Whether two references of kind `ref` are to one object. */
export function referencesEqual(lhs: Handle, rhs: Handle): boolean {
  return native.iree_ffi_ref_equal(
    lhs.pointer(Kind.ref),
    rhs.pointer(Kind.ref),
  ) !== 0;
}
