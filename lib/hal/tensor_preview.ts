import { readBufferView } from "../../ffi/buffer_view.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { preview, PREVIEW_LENGTH } from "../base/printing.ts";
import type { ElementTypeInfo } from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import { decodeNested } from "../tensor/nested_array.ts";
import type { NestedArray } from "../tensor/tensor_data.ts";

/**
 * Copies elements in row-major order.
 *
 * @param view The buffer view.
 * @param info Its element type.
 * @param start The first element.
 * @param count Number of elements.
 * @returns The elements; `undefined` for packed ones.
 */
export function readElements(
  view: Handle,
  info: ElementTypeInfo,
  start: number,
  count: number,
): NestedArray[] | undefined {
  if (info.codec === undefined) return undefined;
  const size = info.bitCount / 8;
  const array = arrayFor(info, count * size);
  readBufferView(view, start * size, array);
  return decodeNested(array, info, info.codec, [count]) as NestedArray[];
}

/**
 * The first elements of a tensor for printing, or its first bytes if elements are
 * packed.
 *
 * @param view The buffer view.
 * @param info Its element type.
 * @param count Number of its elements.
 * @param byteLength Length of its contents.
 */
export function previewTensor(
  view: Handle,
  info: ElementTypeInfo,
  count: number,
  byteLength: number,
): unknown[] {
  const isPacked = info.codec === undefined;
  const size = isPacked ? byteLength : count;
  const length = Math.min(size, PREVIEW_LENGTH);
  const elements = readElements(view, info, 0, length);
  if (elements !== undefined) return preview(elements, size);
  const bytes = new Uint8Array(length);
  readBufferView(view, 0, bytes);
  return preview(bytes, size);
}
