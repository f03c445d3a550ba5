/**
 * Tensor memory as arrays, without a copy. Needs unrestricted `--allow-ffi`:
 * only this file creates arrays from addresses.
 *
 * @module
 */

import { IreeError } from "./base/error.ts";
import { toBigint } from "./base/intrinsics.ts";
import { isMoved, moveMemory } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { created } from "./library/status.ts";
import { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";

/** A mapping and its memory, which is detached from its arrays on release. */
export interface Mapping {
  readonly handle: Handle;
  readonly memory: ArrayBuffer;
}

/** Maps the contents of a buffer view. */
export function createMapping(view: Handle, byteLength: number): Mapping {
  demandPointers();
  const pointer = created(
    native.iree_ffi_mapping_create(
      view.pointerToContents(Kind.bufferView),
      toBigint(byteLength),
    ),
  );
  const handle = new Handle(Kind.mapping, pointer, view.instance);
  handle.joinNew(view);
  const data = native.iree_ffi_mapping_data(pointer);
  const memory = data === null || byteLength === 0
    ? new ArrayBuffer(0)
    : Deno.UnsafePointerView.getArrayBuffer(data, byteLength);
  handle.canGo = () => {
    // Transferred memory stays in use elsewhere.
    if (isMoved(memory)) return byteLength === 0;
    moveMemory(memory, 0);
    return true;
  };
  return { handle, memory };
}

function demandPointers(): void {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state === "granted") return;
  throw new IreeError(
    "PERMISSION_DENIED",
    "mapping memory requires unrestricted ffi access",
    {
      hint: "run with --allow-ffi, without a list of libraries; " +
        "toTypedArray and read copy and need no more than the library",
    },
  );
}
