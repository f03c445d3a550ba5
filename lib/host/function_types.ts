import type { BufferView } from "../hal/buffer_view.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import type { NdArray, TensorData } from "../tensor/tensor_data.ts";
import type { List } from "../vm/list.ts";
import type { VmObject } from "../vm/value.ts";
import type { VmBuffer } from "../vm/vm_buffer.ts";
import type { VmRef } from "../vm/vm_ref.ts";

// The compiler reads the types of a host function from its string.

/** A text without spaces around it. */
export type TrimmedType<Text extends string> = Text extends ` ${infer Rest}`
  ? TrimmedType<Rest>
  : Text extends `${infer Rest} ` ? TrimmedType<Rest>
  : Text;

/** The types in a list with commas. */
export type SplitTypes<Text extends string, Before extends string[] = []> =
  Text extends `${infer First},${infer Rest}`
    ? SplitTypes<Rest, [...Before, TrimmedType<First>]>
    : TrimmedType<Text> extends "" ? Before
    : [...Before, TrimmedType<Text>];

/** Types by their characters in a calling convention. */
export interface ConventionType {
  /** An integer of 32 bits. */
  readonly i: "i32";
  /** An integer of 64 bits. */
  readonly I: "i64";
  /** A float of 32 bits. */
  readonly f: "f32";
  /** A float of 64 bits. */
  readonly F: "f64";
  /** An object of any type. */
  readonly r: "!vm.ref<?>";
}

/** The types of the characters in a calling convention. */
export type ConventionTypes<
  Codes extends string,
  Before extends string[] = [],
> = Codes extends `${infer Code}${infer Rest}`
  ? Code extends keyof ConventionType
    ? ConventionTypes<Rest, [...Before, ConventionType[Code]]>
  : Before
  : Before;

/** The types of a function's arguments, as text. */
export type ArgumentTypes<Types extends string> = Types extends
  `0${infer Codes}_${string}` ? ConventionTypes<Codes>
  : Types extends `(${infer Inside})${string}` ? SplitTypes<Inside>
  : never;

/** The types of a function's results, as text. */
export type ResultTypes<Types extends string> = Types extends
  `0${string}_${infer Codes}` ? ConventionTypes<Codes>
  : Types extends `${string})${infer _}->${infer Results}`
    ? TrimmedType<Results> extends `(${infer Inside})` ? SplitTypes<Inside>
    : [TrimmedType<Results>]
  : [];

/** Types that are passed as `bigint`. */
export type WideInteger = "i64" | "si64" | "ui64" | "index";

/** What an object of the VM is passed as. */
export type HostObject<Type extends string, HostTypes> = Type extends
  `vm.list${string}` ? List
  : Type extends `util.list${string}` ? List
  : Type extends "vm.buffer" | "util.buffer" ? VmBuffer
  : Type extends "vm.ref<?>" ? VmObject
  : Type extends keyof HostTypes ? HostTypes[Type]
  : VmRef;

/** The element type of a tensor's type: what follows the last dimension. */
export type ElementOf<Type extends string> = Type extends
  `${string}x${infer Rest}` ? ElementOf<Rest>
  : Type extends `tensor<${infer Element}>` ? Element
  : Type extends `${infer Element}>` ? Element
  : never;

/** What a tensor is passed as. */
export type HostTensor<Element extends string> = Element extends
  keyof TensorElements ? NdArray<TensorElements[Element]["array"]>
  : NdArray;

/** What a host function receives for a type. */
export type HostArgument<Type extends string, HostTypes, Views> = Type extends
  WideInteger ? bigint
  : Type extends `tensor<${string}`
    ? (Views extends true ? BufferView : HostTensor<ElementOf<Type>>)
  : Type extends "!hal.buffer_view"
    ? (Views extends true ? BufferView : NdArray) | null
  : Type extends `!${infer Name}` ? HostObject<Name, HostTypes> | null
  : number;

/** What a host function returns for a type. */
export type HostResult<Type extends string, HostTypes> = Type extends
  WideInteger ? bigint | number
  : Type extends `tensor<${string}` ? TensorData | BufferView
  : Type extends "!hal.buffer_view" ? TensorData | BufferView | null
  : Type extends `!${infer Name}` ? HostObject<Name, HostTypes> | null
  : number;

/** What a host function receives. */
export type HostArguments<Types extends string, HostTypes, Views> =
  ArgumentTypes<Types> extends infer Texts extends string[]
    ? { [At in keyof Texts]: HostArgument<Texts[At], HostTypes, Views> }
    : never;

/** The results in order. */
export type HostResultTuple<Texts extends string[], HostTypes> = Texts extends
  [infer First extends string, ...infer Rest extends string[]]
  ? [HostResult<First, HostTypes>, ...HostResultTuple<Rest, HostTypes>]
  : [];

/** What a host function returns: nothing, the result, or all in order. */
export type HostResults<Types extends string, HostTypes> =
  ResultTypes<Types> extends infer Texts extends string[]
    ? Texts extends [] ? void
    : Texts extends [infer Only extends string] ? HostResult<Only, HostTypes>
    : Readonly<HostResultTuple<Texts, HostTypes>>
    : never;
