import type {
  Argument,
  CallResult,
  Computed,
  FlatArgument,
  FlatResult,
} from "../call/argument.ts";
import type { Submission } from "../call/async_calls.ts";
import type { BoundCall } from "../call/bound_call.ts";
import type { CallOptions } from "../call/call_options.ts";
import type { VmFunction } from "../call/function.ts";
import type { FunctionCalls } from "../call/function_calls.ts";
import type { BufferView } from "../hal/buffer_view.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import type { ElementType } from "../tensor/element_type.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import type { Value } from "../vm/value.ts";

/**
 * A function that accepts and returns structures, in the interface for
 * `load<Functions>()`. `bind` and `submit` accept the VM's values instead,
 * which the type does not express.
 *
 * @typeParam Function The function.
 */
export type Structured<Function> = Function & {
  /** Marks the type; the property does not exist. */
  readonly structured?: never;
};

/** Arguments by name. */
export type NamedArguments = Readonly<Record<string, Argument>>;

/**
 * A function whose inputs and outputs the program names, in the interface for
 * `load<Functions>()`.
 *
 * @typeParam Function The function.
 * @typeParam Inputs Its inputs by name, as `run` accepts them.
 * @typeParam Outputs Its outputs by name, as `run` returns them.
 */
export type Named<Function, Inputs, Outputs> = Function & {
  /** Carries the types; no object has this property. */
  readonly named?: readonly [inputs: Inputs, outputs: Outputs];
};

/** What `run` returns for a tensor of an element type. */
export type NamedOutput<Element extends ElementType> =
  & NdArray<TensorElements[Element]["array"]>
  & { readonly elementType: Element };

/** Inputs of a function, as `run` accepts them. */
export type InputsOf<Function> = Function extends {
  readonly named?: readonly [
    inputs: infer Inputs extends NamedArguments,
    outputs: unknown,
  ];
} ? "named" extends keyof Function ? Inputs : NamedArguments
  : NamedArguments;

/** Outputs of a function, as `run` returns them. */
export type OutputsOf<Function> = Function extends
  { readonly named?: readonly [inputs: unknown, outputs: infer Outputs] }
  ? "named" extends keyof Function ? Outputs : Record<string, NdArray>
  : Record<string, NdArray>;

/** What `VmFunction.compute` returns for a result of `VmFunction.call`. */
export type ComputedOf<Result> = Result extends BufferView
  ? TensorElements[Result["elementType"] & ElementType]["array"]
  : Result;

/** What `VmFunction.compute` returns for all results of a call. */
export type AllComputed<Results> = Results extends readonly Value[]
  ? { -readonly [Ordinal in keyof Results]: ComputedOf<Results[Ordinal]> }
  : ComputedOf<Results>;

/** The same with the option `shapes`, which returns tensors as `NdArray`. */
export type AllShaped<Results> = Results extends readonly Value[] ? {
    -readonly [Ordinal in keyof Results]: Results[Ordinal] extends BufferView
      ? NdArray
      : Results[Ordinal];
  }
  : Results extends BufferView ? NdArray
  : Results;

/**
 * A function with known types. At run time it is an ordinary `VmFunction`.
 *
 * @typeParam Values The arguments.
 * @typeParam Results The results, as `VmFunction.call` returns them.
 * @typeParam NamedInputs The inputs by name, as `VmFunction.run` accepts them.
 * @typeParam NamedOutputs The outputs by name, as `VmFunction.run` returns them.
 */
export interface TypedFunction<
  Values extends FlatArgument[],
  Results extends FlatResult,
  NamedInputs extends NamedArguments = NamedArguments,
  NamedOutputs = Record<string, NdArray>,
> extends VmFunction {
  /** See `VmFunction.call`. */
  call(...values: Values): Results;
  /** See `VmFunction.compute`. */
  compute(...values: Values): AllComputed<Results>;
  /** See `VmFunction.callAsync`. */
  callAsync(...values: Values): Promise<Results>;
  /** See `VmFunction.computeAsync`. */
  computeAsync(...values: Values): Promise<AllComputed<Results>>;
  /** See `VmFunction.with`. */
  with(
    options: CallOptions & { shapes: true },
  ): FunctionCalls<
    Values,
    Results,
    AllShaped<Results>,
    NamedInputs,
    NamedOutputs
  >;
  /** See `VmFunction.with`. */
  with(
    options: CallOptions,
  ): FunctionCalls<
    Values,
    Results,
    AllComputed<Results>,
    NamedInputs,
    NamedOutputs
  >;
  /** See `VmFunction.run`. */
  run<Outputs = NamedOutputs>(inputs: NamedInputs): Promise<Outputs>;
  /** See `VmFunction.bind`. */
  bind(...values: Values): BoundCall<Results>;
  /** See `VmFunction.submit`. */
  submit(...values: Values): Submission<Results>;
}

/** A function with known types that accepts and returns structures. */
export interface StructuredFunction<
  Values extends Argument[],
  Results extends CallResult,
> extends VmFunction {
  /** See `VmFunction.call`. */
  call(...values: Values): Results;
  /** See `VmFunction.callAsync`. */
  callAsync(...values: Values): Promise<Results>;
  /** See `VmFunction.compute`. */
  compute(...values: Values): Computed;
  /** See `VmFunction.computeAsync`. */
  computeAsync(...values: Values): Promise<Computed>;
}

/** A function as the interface for `load<Functions>()` declares it. */
export type DeclaredFunction<
  Values extends Argument[],
  Results extends CallResult,
> = (...values: Values) => Results;

/**
 * A function of a program, with the types that `Functions` declares.
 *
 * @typeParam Function The function's type in `Functions`.
 */
export type FunctionOf<Function> = "structured" extends keyof Function
  ? Function extends DeclaredFunction<
    infer Values extends Argument[],
    infer Results extends CallResult
  > ? StructuredFunction<Values, Results>
  : VmFunction
  : Function extends DeclaredFunction<
    infer Values extends FlatArgument[],
    infer Results extends FlatResult
  > ? TypedFunction<Values, Results, InputsOf<Function>, OutputsOf<Function>>
  : VmFunction;

/** Names of a program's functions. */
export type FunctionName<Functions> = keyof Functions & string;

/** Arguments of a program's function, as `VmFunction.call` accepts them. */
export type ArgumentsOf<Function> = Parameters<FunctionOf<Function>["call"]>;

/** Results of a program's function, as `VmFunction.call` returns them. */
export type ResultsOf<Function> = ReturnType<FunctionOf<Function>["call"]>;

/** Results of a program's function, as `VmFunction.compute` returns them. */
export type ArraysOf<Function> = ReturnType<FunctionOf<Function>["compute"]>;
