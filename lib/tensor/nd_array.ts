import { displayBy, type MediaBundle } from "../base/printing.ts";
import { displayTensor } from "./display.ts";
import {
  type ElementType,
  elementTypeInfo,
  type TypedArray,
} from "./element_type.ts";
import { decodeNested } from "./nested_array.ts";
import type { NdArray, NestedArray } from "./tensor_data.ts";

/**
 * Makes an `NdArray`, which notebooks can display. It is a plain object, equal to
 * any with the same contents.
 *
 * @param elementType The element type.
 * @param shape Dimensions, outermost first.
 * @param data The elements.
 */
export function ndArray(
  elementType: ElementType,
  shape: readonly number[],
  data: TypedArray,
): NdArray {
  const array: NdArray = { elementType, shape, data };
  displayBy(array, displayNdArray);
  return array;
}

function displayNdArray(this: NdArray): Promise<MediaBundle> {
  const { elementType, shape, data } = this;
  const info = elementTypeInfo(elementType);
  return displayTensor({
    elementType,
    shape,
    text: Deno.inspect(this),
    elements: (start, count) => {
      const { codec, components } = info;
      if (codec === undefined) return undefined;
      const end = (start + count) * components;
      const part = data.subarray(start * components, end) as TypedArray;
      return decodeNested(part, info, codec, [count]) as NestedArray[];
    },
    bytes: () => Uint8Array.from(data as Uint8Array),
  });
}
