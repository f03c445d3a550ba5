import { lengthOf, typedArrayName } from "../../ffi/base/typed_array.ts";
import { copyArray, isArray, mustBe, toSize } from "../base/checks.ts";

/** Ids of tokens. */
export type Ids = Uint32Array | readonly number[];

/**
 * Copies ids for native code.
 *
 * @param ids An id, or several.
 */
export function toIds(ids: number | Ids): Uint32Array<ArrayBuffer> {
  if (typeof ids === "number") return new Uint32Array([toId(ids)]);
  if (isArray(ids)) return new Uint32Array(copyArray("ids", ids, toId));
  if (typedArrayName(ids) === "Uint32Array") {
    const copy = new Uint32Array(lengthOf(ids));
    copy.set(ids);
    return copy;
  }
  throw mustBe("ids", "a Uint32Array or an array of ids", ids);
}

/**
 * Checks the id of a token.
 *
 * @param id The id.
 */
export function toId(id: number): number {
  return toSize("id", id);
}
