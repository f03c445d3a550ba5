import type { Handle } from "../../ffi/ownership/handle.ts";
import type { AnyTypedArray, TypedArray } from "../tensor/element_type.ts";
import type {
  EncodedTensor,
  NdArray,
  TensorData,
} from "../tensor/tensor_data.ts";
import type { TensorParts } from "../tensor/tensor_parts.ts";
import type { ListContents } from "./list_argument.ts";
import type { Value } from "../vm/value.ts";

/**
 * An argument in the VM's form: a value, data for a tensor, or an array for a
 * list.
 */
export type FlatArgument = Value | TensorData | readonly Value[];

/** Results in the VM's form: none, the only one, or all in order. */
export type FlatResult = undefined | Value | Value[];

/** The same with tensors as arrays. */
export type FlatComputed = TypedArray | NdArray | Value;

/**
 * An argument of a call: a value, or data for a tensor. If the program
 * declares lists, tuples or dictionaries, arrays and plain objects of them.
 */
export type Argument =
  | FlatArgument
  | readonly Argument[]
  | { readonly [key: string]: Argument };

/** A result, in arrays and plain objects if the program declares them. */
export type Structure<Leaf> =
  | Leaf
  | Structure<Leaf>[]
  | { [key: string]: Structure<Leaf> };

/** The results of a call: none, the only one, or all in order. */
export type CallResult = undefined | Structure<Value>;

/** The results of a computation: tensors are arrays. */
export type Computed = undefined | Structure<FlatComputed>;

/**
 * The forms in which a reference is passed: an array that needs no encoding, a
 * new tensor, whole or in parts, an object, or null.
 */
export type ReferenceArgument =
  | AnyTypedArray
  | EncodedTensor
  | TensorParts
  | ListContents
  | Handle
  | null;
