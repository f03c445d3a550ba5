/**
 * Tensors as data, without a device: element types, shapes, scalars, nested
 * arrays, number parsing.
 *
 * @module
 */

export {
  type AnyTypedArray,
  ELEMENT_TYPES,
  type ElementType,
  type TypedArray,
} from "./element_type.ts";
export type { ScalarType } from "./scalar.ts";
export type { NdArray, NestedArray, TensorData } from "./tensor_data.ts";
