import type { Handle } from "../../ffi/ownership/handle.ts";
import type { AnyTypedArray, TypedArray } from "../tensor/element_type.ts";
import type { EncodedTensor, TensorData } from "../tensor/tensor_data.ts";
import type { ListContents } from "./list_argument.ts";
import type { Value } from "../vm/value.ts";

/**
 * What a call gives: nothing, the one result, or all results in order.
 */
export type CallResult = undefined | Value | Value[];

/** A result of a computation: tensors are arrays. */
export type Computed = TypedArray | Value;

/**
 * What a call takes: values, data that tensors are made of, and arrays that
 * lists are made of.
 */
export type Argument = Value | TensorData | readonly Value[];

/**
 * What a reference is passed as: an array that needs nothing more, a new tensor,
 * an object, or null.
 */
export type ReferenceArgument =
  | AnyTypedArray
  | EncodedTensor
  | ListContents
  | Handle
  | null;
