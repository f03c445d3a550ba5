/**
 * VM lists.
 *
 * @module
 */

import { IreeError } from "./base/error.ts";
import { encodeText, readText } from "./base/text.ts";
import { lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, readString } from "./library/status.ts";
import {
  type ListElements,
  type ScalarType,
  Tag,
  takeElements,
} from "./list_elements.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { ownReference } from "./reference.ts";

/** Creates an empty list; without a type it accepts any element. */
export function createList(
  instance: Handle,
  elementType: ScalarType | undefined,
  capacity: number,
): Handle {
  return own(
    Kind.list,
    native.iree_ffi_list_create(
      elementType === undefined ? 0 : Tag[elementType],
      capacity,
    ),
    instance,
  );
}

/**
 * Returns a list that no other thread can be changing, and whose contents are
 * written.
 */
export function idleList(list: Handle): Deno.PointerObject {
  if (list.listsAreBusy) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      "the list may be in use by a running asynchronous call",
      { hint: "await the call first" },
    );
  }
  return list.pointerToContents(Kind.list);
}

/** Returns the number of elements. */
export function listSize(list: Handle): number {
  return native.iree_ffi_list_size(idleList(list));
}

/** Truncates the list, or extends it with nulls or zeros. */
export function resizeList(list: Handle, size: number): void {
  check(native.iree_ffi_list_resize(idleList(list), size));
}

/** Returns the type name of the elements; empty for a list of any type. */
export function listElementType(list: Handle): string {
  return readText((buffer, capacity) =>
    native.iree_ffi_list_element_type(idleList(list), buffer, capacity)
  );
}

/** Reads elements; for references only their kinds. */
export function readList(
  list: Handle,
  start: number,
  count: number,
): ListElements {
  const elements = takeElements(count);
  check(
    native.iree_ffi_list_read(
      idleList(list),
      start,
      count,
      elements.bytes,
      elements.tags,
    ),
  );
  return elements;
}

/** Writes scalars and nulls; skips elements that are objects. */
export function writeList(
  list: Handle,
  start: number,
  count: number,
  elements: ListElements,
): void {
  check(
    native.iree_ffi_list_write(
      idleList(list),
      start,
      count,
      elements.bytes,
      elements.tags,
    ),
  );
}

/** Retains and returns the object in an element whose kind was read. */
export function getListReference(
  list: Handle,
  ordinal: number,
  kind: number,
): Handle {
  const pointer = native.iree_ffi_list_get_ref(
    idleList(list),
    ordinal,
    kind,
  );
  return ownReference(kind, pointer, list);
}

/** Stores an object in an element. */
export function setListReference(
  list: Handle,
  ordinal: number,
  object: Handle,
): void {
  object.demandContents();
  list.join(object);
  check(
    native.iree_ffi_list_set_ref(
      idleList(list),
      ordinal,
      object.kind,
      object.pointer(object.kind),
    ),
  );
}

/** Formats the elements as `iree-run-module` prints results. */
export function formatList(
  list: Handle,
  name: string,
  maxElementCount: number,
): string {
  const bytes = encodeText(name, "the name of the list");
  return readString((buffer, capacity) =>
    native.iree_ffi_list_format(
      idleList(list),
      bytes,
      lengthOf(bytes),
      maxElementCount,
      buffer,
      capacity,
    )
  );
}
