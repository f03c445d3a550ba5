import {
  bufferOf,
  byteLengthOf,
  typedArrayName,
} from "../../ffi/base/typed_array.ts";
import type { Placement } from "../../ffi/buffer_view.ts";
import {
  alignedMemory,
  alignmentOffset,
  importBufferView,
} from "../../ffi/import.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { toSize } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import {
  type AnyTypedArray,
  type ElementType,
  elementTypeInfo,
  type TypedArray,
} from "../tensor/element_type.ts";
import { checkShape, encodeTensor } from "../tensor/encode_tensor.ts";

/** A buffer view over an array's memory. */
export interface ImportedArray {
  /** The buffer view. */
  readonly handle: Handle;
  /** Its element type and length. */
  readonly tensor: { readonly code: number; readonly byteLength: number };
}

/**
 * Moves an array's memory into a buffer view.
 *
 * @param memory The device or the instance.
 * @param array The array.
 * @param shape Dimensions; one dimension if omitted.
 * @param elementType Element type; inferred from the array's class if omitted.
 */
export function importArray(
  memory: Placement,
  array: AnyTypedArray,
  shape: readonly number[] | undefined,
  elementType: ElementType | undefined,
): ImportedArray {
  const owner = ownerOf(array);
  const tensor = encodeTensor(array, {
    info: elementType === undefined ? undefined : elementTypeInfo(elementType),
    shape: shape === undefined ? undefined : checkShape(shape, refuse),
    refuse,
  });
  // It is empty afterwards.
  const byteLength = byteLengthOf(array, refuse);
  const handle = importBufferView(memory, tensor, owner);
  return { handle, tensor: { code: tensor.code, byteLength } };
}

/**
 * Allocates an array that can be imported.
 *
 * @typeParam Name Name of the element type.
 * @param elementType Element type.
 * @param length Length of the array.
 */
export function makeAlignedArray<Name extends ElementType>(
  elementType: Name,
  length: number,
): TensorElements[Name]["array"] {
  const count = toSize("length", length);
  const { array } = elementTypeInfo(elementType);
  const { buffer, offset } = alignedMemory(count * array.BYTES_PER_ELEMENT);
  // The tables of types and of classes agree.
  return new array(buffer, offset, count) as TensorElements[Name]["array"];
}

function refuse(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `the imported array ${problem}`);
}

// Other users of the memory would see a program's changes to it.
function ownerOf(array: unknown): ArrayBuffer {
  if (typedArrayName(array) === undefined) throw refuse("is not a typed array");
  byteLengthOf(array, refuse);
  // Workers do not have one, neither Deno's nor those of node:worker_threads.
  if (Deno.mainModule === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      "memory cannot be imported in a worker",
      { hint: "use BufferView.from, which copies, or BufferView.map" },
    );
  }
  const buffer = bufferOf(array);
  if (!(buffer instanceof ArrayBuffer) || buffer.resizable) {
    throw refuse("must not use a shared or resizable buffer");
  }
  if (alignmentOffset(array as TypedArray) !== 0) {
    throw refuse("is not aligned; create it with BufferView.alignedArray");
  }
  return buffer;
}
