import type { NdArray } from "../tensor/tensor_data.ts";
import type { Argument, CallResult, Computed } from "./argument.ts";
import { type CheckedOptions, refuseOptions } from "./call_options.ts";
import type { Caller } from "./caller.ts";

/**
 * The ways to call a function, with options; see `VmFunction.with`. Valid as
 * long as the function.
 *
 * @example
 * ```ts ignore
 * import { type FunctionCalls, load } from "@iree/runtime";
 *
 * using program = load("mul.vmfb");
 * const output = new Float32Array(4);
 * const mul: FunctionCalls = program.lookupFunction("mul").with({
 *   into: [output],
 * });
 * mul.compute([1, 2, 3, 4], [2, 2, 2, 2]);
 * console.log(output);
 * ```
 *
 * @example
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * using program = load("mul.vmfb");
 * const shaped = program.lookupFunction("mul").with({ shapes: true });
 * console.log(shaped.compute([1, 2], [3, 4]));
 * ```
 *
 * @typeParam Values The arguments.
 * @typeParam Results What `call` returns.
 * @typeParam Arrays What `compute` returns.
 * @typeParam NamedInputs What `run` accepts.
 * @typeParam NamedOutputs What `run` returns.
 */
export class FunctionCalls<
  Values extends Argument[] = Argument[],
  Results extends CallResult = CallResult,
  Arrays = Computed,
  NamedInputs extends Readonly<Record<string, Argument>> = Readonly<
    Record<string, Argument>
  >,
  NamedOutputs = Record<string, NdArray>,
> {
  readonly #caller: Caller;
  readonly #options: CheckedOptions;

  /**
   * Accepts checked options; use `VmFunction.with`.
   *
   * @internal
   */
  constructor(caller: Caller, options: CheckedOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  /** See `VmFunction.call`. */
  call(...values: Values): Results {
    refuseOptions("call", this.#options);
    return this.#caller.call(values, this.#options) as Results;
  }

  /** See `VmFunction.compute`. */
  compute(...values: Values): Arrays {
    refuseOptions("compute", this.#options);
    return this.#caller.compute(values, this.#options) as Arrays;
  }

  /** See `VmFunction.callAsync`. */
  async callAsync(...values: Values): Promise<Results> {
    refuseOptions("callAsync", this.#options);
    return await this.#caller.callAsync(values, this.#options) as Results;
  }

  /** See `VmFunction.computeAsync`. */
  async computeAsync(...values: Values): Promise<Arrays> {
    refuseOptions("computeAsync", this.#options);
    return await this.#caller.computeAsync(values, this.#options) as Arrays;
  }

  /** See `VmFunction.run`. */
  async run<Outputs = NamedOutputs>(inputs: NamedInputs): Promise<Outputs> {
    refuseOptions("run", this.#options);
    return await this.#caller.run(inputs, this.#options) as Outputs;
  }
}
