/**
 * References to VM objects.
 *
 * @module
 */

import { readText } from "./base/text.ts";
import { native } from "./library/library.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** A kind of objects that references point to; never null. */
export type ObjectKind = typeof Kind["ref" | "list" | "buffer" | "bufferView"];

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
): Handle {
  const handle = own(kind as ObjectKind, pointer, source.instance);
  handle.joinNew(source);
  if (handle.kind === Kind.list) handle.lists.note();
  return handle;
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
