import type { TensorBytes } from "../../ffi/buffer_view.ts";
import type { IreeError } from "../base/error.ts";
import type {
  AnyTypedArray,
  ElementType,
  ElementTypeInfo,
  TypedArray,
} from "./element_type.ts";
import type { Shape } from "./shape.ts";

/**
 * A tensor in memory of JavaScript: what is in a `.npy` file, for one.
 *
 * @typeParam Data Class of the array; any for what tensors are made from.
 */
export interface NdArray<Data extends AnyTypedArray = TypedArray> {
  /** Type of the elements. */
  readonly elementType: ElementType;
  /** Dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /**
   * The elements in row-major order, in an array of the class that
   * `BufferView.toTypedArray` gives for their type.
   */
  readonly data: Data;
}

/**
 * What a tensor can be made from: an array of the class for its element type,
 * numbers nested as its dimensions are, or an {@linkcode NdArray}.
 */
export type TensorData =
  | AnyTypedArray
  | NestedArray
  | NdArray<AnyTypedArray>;

/** What is known of a tensor before its data is seen. */
export interface WantedTensor {
  /** Type of the elements; left out, the data tells. */
  readonly info: ElementTypeInfo | undefined;
  /** Dimensions, `null` where any will do; left out, the data tells. */
  readonly shape: Shape | undefined;
  /** The shape for native code, where all of it is known beforehand. */
  readonly fixed?: FixedShape | undefined;
  /** Makes the error for what is wrong with the data. */
  refuse(problem: string): IreeError;
}

/** A shape of which all is known, and the length of its contents. */
export interface FixedShape {
  /** Dimensions, outermost first. */
  readonly dims: Float64Array<ArrayBuffer>;
  /** Length in bytes. */
  readonly byteLength: number;
}

/** A tensor ready to be passed to native code. */
export interface EncodedTensor extends TensorBytes {
  /** Type of the elements. */
  readonly info: ElementTypeInfo;
}

/**
 * Whether a value is an {@linkcode NdArray}.
 *
 * @param value Any value.
 */
export function isNdArray(value: unknown): value is NdArray<AnyTypedArray> {
  return typeof value === "object" && value !== null && "data" in value &&
    "shape" in value && "elementType" in value;
}

/**
 * Numbers nested as the dimensions of a tensor are; a number alone is a scalar.
 * A complex number is a pair `[real, imaginary]`.
 */
export type NestedArray =
  | number
  | bigint
  | boolean
  | readonly NestedArray[];
