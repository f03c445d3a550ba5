import { byteLengthOf } from "../../ffi/base/typed_array.ts";
import { createBufferView } from "../../ffi/buffer_view.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { parseTensor } from "../../ffi/tooling.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { type ElementType, elementTypeInfo } from "../tensor/element_type.ts";
import { checkShape, encodeTensor } from "../tensor/encode_tensor.ts";
import type { EncodedTensor, TensorData } from "../tensor/tensor_data.ts";
import type { BufferViewOptions } from "./buffer_view_options.ts";
import type { Device } from "./device.ts";
import { placementOf } from "./placement.ts";

/** A new buffer view with its known properties. */
export interface NewTensor {
  /** The buffer view. */
  readonly handle: Handle;
  /** Number of its element type. */
  readonly code: number;
  /** Length of its contents in bytes. */
  readonly byteLength: number;
}

/**
 * Creates a buffer view with a copy of data.
 *
 * @param memory The device or the instance.
 * @param data The data.
 * @param options Element type and shape.
 */
export function copyTensor(
  memory: Device | Instance,
  data: TensorData,
  options: BufferViewOptions,
): NewTensor {
  const tensor = encodeAs(data, options, refuseData);
  // Reading the data can dispose the memory's owner.
  const handle = createBufferView(placementOf(memory), tensor);
  return { handle, code: tensor.code, byteLength: byteLengthOf(tensor.bytes) };
}

function refuseData(problem: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `the data of a buffer view ${problem}`,
  );
}

/**
 * Encodes data with the element type and the shape of options.
 *
 * @param data The data.
 * @param options Element type and shape.
 * @param refuse Creates the error for data that does not match.
 */
export function encodeAs(
  data: TensorData,
  { elementType, shape }: BufferViewOptions,
  refuse: (problem: string) => IreeError,
): EncodedTensor {
  return encodeTensor(data, {
    info: elementType === undefined ? undefined : elementTypeInfo(elementType),
    shape: shape === undefined ? undefined : checkShape(shape, refuse),
    refuse,
  });
}

/**
 * Creates a buffer view of zeros.
 *
 * @param memory The device or the instance.
 * @param elementType The element type.
 * @param shape Dimensions, outermost first.
 */
export function zeroTensor(
  memory: Device | Instance,
  elementType: ElementType,
  shape: readonly number[],
): Handle {
  const { name } = elementTypeInfo(elementType);
  const dims = checkShape(
    shape,
    (problem) => new IreeError("INVALID_ARGUMENT", `a tensor ${problem}`),
  );
  return parseTensor(placementOf(memory), [...dims, name].join("x"));
}
