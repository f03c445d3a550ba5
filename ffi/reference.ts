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

/** The kind of an object that a reference points to; never null. */
export type ObjectKind = typeof Kind["ref" | "list" | "buffer" | "bufferView"];

/**
 * Takes ownership of a reference that native code handed out.
 *
 * @param kind The kind reported by native code.
 * @param pointer The object.
 * @param source The object it came from.
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

/** Reads the full type name of an object of kind `ref`. */
export function referenceTypeName(reference: Handle): string {
  return readText((buffer, capacity) =>
    native.iree_ffi_ref_type_name(reference.pointer(Kind.ref), buffer, capacity)
  );
}

/** Whether two references of kind `ref` point to the same object. */
export function referencesEqual(lhs: Handle, rhs: Handle): boolean {
  return native.iree_ffi_ref_equal(
    lhs.pointer(Kind.ref),
    rhs.pointer(Kind.ref),
  ) !== 0;
}
