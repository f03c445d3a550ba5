import type { WaitOptions } from "../base/deadline.ts";
import type { BoundCall } from "../call/bound_call.ts";
import type {
  Argument,
  CallResult,
  Computed,
  Submission,
  VmFunction,
} from "../call/function.ts";
import type { BufferView } from "../hal/buffer_view.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import type { AnyTypedArray, ElementType } from "../tensor/element_type.ts";
import type { Value } from "../vm/value.ts";

/**
 * A function that takes and gives structures, in the interface for
 * `load<Functions>()`. Under its own name a program takes them; `call` takes
 * values as they are passed, which the type does not tell.
 *
 * @typeParam Function The function.
 */
export type Structured<Function> = Function & {
  /** There is no such property: it marks the type. */
  readonly structured?: never;
};

/** What is known of a result as `VmFunction.compute` gives it. */
export type ComputedOf<Result> = Result extends BufferView
  ? TensorElements[Result["elementType"] & ElementType]["array"]
  : Result;

/** The same of all results. */
export type AllComputed<Results> = Results extends readonly Value[]
  ? { -readonly [Ordinal in keyof Results]: ComputedOf<Results[Ordinal]> }
  : ComputedOf<Results>;

/**
 * A function whose types are known. At run time it is a function like any other.
 *
 * @typeParam Values The arguments.
 * @typeParam Results The results, as `VmFunction.call` gives them.
 */
export interface TypedFunction<
  Values extends Argument[],
  Results extends CallResult,
> extends VmFunction {
  /** See `VmFunction.call`. */
  call(...values: Values): Results;
  /** See `VmFunction.compute`. */
  compute(...values: Values): AllComputed<Results>;
  /** See `VmFunction.computeInto`. */
  computeInto<Target extends AnyTypedArray>(
    targets: readonly (Target | undefined)[],
    ...values: Values
  ): (Computed | Target)[];
  /** See `VmFunction.bind`. */
  bind(...values: Values): BoundCall<Results>;
  /** See `VmFunction.invoke`. */
  invoke(...values: Values): Results;
  /** See `VmFunction.callAsync`. */
  callAsync(...values: Values): Promise<Results>;
  /** See `VmFunction.callWith`. */
  callWith(options: WaitOptions, ...values: Values): Promise<Results>;
  /** See `VmFunction.computeAsync`. */
  computeAsync(...values: Values): Promise<AllComputed<Results>>;
  /** See `VmFunction.computeWith`. */
  computeWith(
    options: WaitOptions,
    ...values: Values
  ): Promise<AllComputed<Results>>;
  /** See `VmFunction.submit`. */
  submit(...values: Values): Submission<Results>;
}

/** A function that takes and gives values as `VmFunction.call` does. */
export type PlainFunction<
  Values extends Argument[],
  Results extends CallResult,
> = (...values: Values) => Results;

/**
 * A function of a program, whose types are known as far as `Functions` tells.
 *
 * @typeParam Function Type of the function there.
 */
export type FunctionOf<Function> = "structured" extends keyof Function
  ? VmFunction
  : Function extends PlainFunction<
    infer Values extends Argument[],
    infer Results extends CallResult
  > ? TypedFunction<Values, Results>
  : VmFunction;

/** Names of a program's functions. */
export type FunctionName<Functions> = keyof Functions & string;

/** Arguments of a program's function, as `VmFunction.call` takes them. */
export type ArgumentsOf<Function> = Parameters<FunctionOf<Function>["call"]>;

/** Results of a program's function, as `VmFunction.call` gives them. */
export type ResultsOf<Function> = ReturnType<FunctionOf<Function>["call"]>;
