import {
  bufferOf,
  byteLengthOf,
  typedArrayName,
} from "../../ffi/base/typed_array.ts";
import {
  alignedMemory,
  alignmentOffset,
  importBufferView,
} from "../../ffi/imported_array.ts";
import { toSize } from "../base/checks.ts";
import { IreeError, reword } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import {
  type AnyTypedArray,
  type ElementType,
  elementTypeInfo,
  type TypedArray,
} from "../tensor/element_type.ts";
import type { BufferViewOptions } from "./buffer_view_options.ts";
import type { Device } from "./device.ts";
import { encodeAs, type NewTensor } from "./new_tensor.ts";
import { placementOf } from "./placement.ts";

/**
 * Moves an array's memory into a buffer view.
 *
 * @param memory The device or the instance.
 * @param array The array.
 * @param options Element type and shape.
 */
export function importArray(
  memory: Device | Instance,
  array: AnyTypedArray,
  options: BufferViewOptions,
): NewTensor {
  const owner = ownerOf(array);
  const tensor = encodeAs(array, options, refuse);
  // It is empty afterwards.
  const byteLength = byteLengthOf(array, refuse);
  const placement = placementOf(memory);
  try {
    const handle = importBufferView(placement, tensor, owner);
    return { handle, code: tensor.code, byteLength };
  } catch (error) {
    throw error instanceof IreeError ? explainImport(error) : error;
  }
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

/** Vulkan imports only whole pages, which arrays seldom are. */
function explainImport(error: IreeError): IreeError {
  return error.detail.includes("minImportedHostPointerAlignment")
    ? reword(error, error.detail, "use BufferView.from, which copies")
    : error;
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
