/**
 * Names for types that TypeScript infers: functions, results and tensors. Few
 * programs need them.
 *
 * @module
 */

export type {
  FlatElements,
  NestedElements,
  TensorArray,
  TensorMembers,
  TensorShape,
  TensorShapeOf,
} from "../hal/typed_tensor.ts";
export type {
  AllComputed,
  AllShaped,
  ArgumentsOf,
  ArraysOf,
  ComputedOf,
  DeclaredFunction,
  FunctionName,
  FunctionOf,
  InputsOf,
  NamedArguments,
  OutputsOf,
  ResultsOf,
  StructuredFunction,
  TypedFunction,
} from "./typed_function.ts";
export type {
  ElementArrays,
  TensorElements,
} from "../tensor/element_arrays.ts";
