/**
 * Names for types that TypeScript infers: functions, results and tensors. Few
 * programs need them.
 *
 * @module
 */

export type { FlatArgument, FlatComputed } from "../call/argument.ts";
export type {
  FlatElements,
  NestedElements,
  TensorArray,
  TensorMembers,
  TensorShape,
  TensorShapeOf,
} from "../hal/typed_tensor.ts";
export type { AnyHostFunction, HeldValues } from "../host/options.ts";
export type {
  ArgumentTypes,
  ConventionType,
  ConventionTypes,
  ElementOf,
  HostArgument,
  HostArguments,
  HostObject,
  HostResult,
  HostResults,
  HostResultTuple,
  HostTensor,
  ResultTypes,
  SplitTypes,
  TrimmedType,
  WideInteger,
} from "../host/function_types.ts";
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
export type { ParameterCommon } from "../parameters/entry.ts";
export type {
  ElementArrays,
  TensorElements,
} from "../tensor/element_arrays.ts";
