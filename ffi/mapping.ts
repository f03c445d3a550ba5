/**
 * Memory of tensors as arrays, without a copy. Needs the whole of
 * `--allow-ffi`: this is the one place that makes an array of an address.
 *
 * @module
 */

import { IreeError } from "./error.ts";
import { Handle, Kind } from "./handle.ts";
import { native } from "./library.ts";
import { created } from "./status.ts";

/** Maps the contents of a buffer view. */
export function createMapping(view: Handle): Handle {
  demandPointers();
  const mapping = new Handle(
    Kind.mapping,
    created(
      native.iree_ffi_mapping_create(view.pointerToContents(Kind.bufferView)),
    ),
    view.instance,
  );
  mapping.joinNew(view);
  return mapping;
}

/** The memory of a mapping; must not be used once it is released. */
export function mappedMemory(
  mapping: Handle,
  byteLength: number,
): ArrayBuffer {
  const pointer = native.iree_ffi_mapping_data(mapping.pointer(Kind.mapping));
  return pointer === null || byteLength === 0
    ? new ArrayBuffer(0)
    : Deno.UnsafePointerView.getArrayBuffer(pointer, byteLength);
}

function demandPointers(): void {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state === "granted") return;
  throw new IreeError(
    "PERMISSION_DENIED",
    "memory without a copy needs ffi access to everything",
    {
      hint: "run with --allow-ffi, without a list of libraries; " +
        "toTypedArray and read copy and need no more than the library",
    },
  );
}
