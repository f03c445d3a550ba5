import { typedArrayName } from "../../ffi/base/typed_array.ts";
import { toByteCount } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { AnyTypedArray, ElementTypeInfo } from "../tensor/element_type.ts";
import { checkBooleans } from "../tensor/encode_tensor.ts";

/**
 * Checks an array that elements are copied to or from.
 *
 * @param info The element type.
 * @param array The array.
 * @param start The first element, in entries of the array.
 * @returns The element's offset in bytes.
 */
export function elementOffset(
  info: ElementTypeInfo,
  array: AnyTypedArray,
  start: number,
): number {
  const name = typedArrayName(array);
  if (name === undefined || !info.arrays.includes(name)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the array for elements of type ${info.name} must be of class ` +
        `${info.arrays.join(" or ")}, got ${name ?? describeValue(array)}`,
    );
  }
  return toByteCount("start", start) * info.array.BYTES_PER_ELEMENT;
}

/**
 * Rejects booleans other than 0 and 1, for which a program's behavior is
 * undefined.
 *
 * @param elementType The element type of the tensor.
 * @param source The elements to write.
 */
export function checkWritten(elementType: string, source: AnyTypedArray): void {
  if (elementType !== "i1") return;
  checkBooleans(
    source,
    (problem) => new IreeError("INVALID_ARGUMENT", `the source ${problem}`),
  );
}
