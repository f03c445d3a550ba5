import type { TensorBytes } from "../../ffi/buffer_view.ts";
import { isRevoked } from "../base/checks.ts";
import type { IreeError } from "../base/error.ts";
import type {
  AnyTypedArray,
  ElementType,
  ElementTypeInfo,
  TypedArray,
} from "./element_type.ts";
import type { Shape } from "./shape.ts";

/**
 * A tensor in JavaScript memory, such as an array in a `.npy` file.
 *
 * @typeParam Data The array class; any class for writing.
 */
export interface NdArray<Data extends AnyTypedArray = TypedArray> {
  /** The element type. */
  readonly elementType: ElementType;
  /** Dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /**
   * The elements in row-major order, in the array class that
   * `BufferView.toTypedArray` returns for the type.
   */
  readonly data: Data;
}

/**
 * Data for a tensor: a typed array for its element type, an `ArrayBuffer` with its
 * elements, nested arrays of numbers, or an {@linkcode NdArray}.
 */
export type TensorData =
  | AnyTypedArray
  | ArrayBuffer
  | NestedArray
  | NdArray<AnyTypedArray>;

/** A tensor's requirements, known before its data. */
export interface WantedTensor {
  /** The element type; by default that of the data. */
  readonly info: ElementTypeInfo | undefined;
  /** Dimensions; `null` accepts any size. By default those of the data. */
  readonly shape: Shape | undefined;
  /** The shape for native code, if all of it is known in advance. */
  readonly fixed?: FixedShape | undefined;
  /** Creates the error for invalid data. */
  refuse(problem: string): IreeError;
}

/** A complete shape and the length of its contents. */
export interface FixedShape {
  /** Dimensions, outermost first. */
  readonly dims: Float64Array<ArrayBuffer>;
  /** Length in bytes. */
  readonly byteLength: number;
}

/** A tensor that is ready for native code. */
export interface EncodedTensor extends TensorBytes {
  /** The element type. */
  readonly info: ElementTypeInfo;
}

/**
 * Returns whether a value is an {@linkcode NdArray}.
 *
 * @param value Any value.
 */
export function isNdArray(value: unknown): value is NdArray<AnyTypedArray> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return "data" in value && "shape" in value && "elementType" in value;
  } catch (error) {
    if (isRevoked(value)) return false;
    throw error;
  }
}

/**
 * Numbers nested like a tensor's dimensions; a single number is a scalar, and a
 * complex number is a pair `[real, imaginary]`.
 */
export type NestedArray =
  | number
  | bigint
  | boolean
  | readonly NestedArray[];
