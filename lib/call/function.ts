import { isRevoked } from "../base/checks.ts";
import { invokeCall } from "../../ffi/call.ts";
import type { Facts } from "../base/printing.ts";
import { demandHandle, handleOf, NativeObject } from "../base/native_object.ts";
import type { ValueType } from "../signature/calling_convention.ts";
import type { CallForms } from "../signature/async_form.ts";
import { summarizeFunction } from "../signature/function_summary.ts";
import type { Signature } from "../signature/signature.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import type { FunctionDescription } from "../vm/module.ts";
import type {
  Argument,
  CallResult,
  Computed,
  FlatArgument,
} from "./argument.ts";
import { ArgumentWriter } from "./argument_writer.ts";
import { prepareHandle, type Submission } from "./async_calls.ts";
import { BoundCall } from "./bound_call.ts";
import {
  type CallOptions,
  checkCallOptions,
  DEFAULTS,
} from "./call_options.ts";
import type { CallFrame } from "./call_frame.ts";
import { Caller } from "./caller.ts";
import type { FunctionContext } from "./context_queue.ts";
import { FunctionCalls } from "./function_calls.ts";

/**
 * A function of a context, ready to be called. Keeps the context alive.
 *
 * Thread-compatible, like its context: one call at a time.
 *
 * @example
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * using program = load("model.vmfb");
 * const add = program.lookupFunction("add");
 * console.log(add.signature?.inputs);
 * console.log(add.call(1, 2));
 * console.log(await add.callAsync(3, 4));
 * ```
 */
export class VmFunction extends NativeObject {
  /** The module's description of the function. */
  readonly description: FunctionDescription;
  readonly #owner: FunctionContext;
  readonly #writer: ArgumentWriter;
  readonly #caller: Caller;
  readonly #frame: CallFrame;
  readonly #takesScalars: boolean;

  /**
   * Prepares the calls of a function; use `Context.lookupFunction`.
   *
   * @internal
   */
  constructor(
    owner: FunctionContext,
    moduleOrdinal: number,
    description: FunctionDescription,
    forms: CallForms,
  ) {
    demandHandle(
      isRevoked(owner) ? undefined : Object(owner).context,
      "VmFunction",
    );
    // A failure after the native object exists would leak it.
    const writer = new ArgumentWriter(forms.blocking);
    const asyncWriter = forms.async === forms.blocking
      ? writer
      : new ArgumentWriter(forms.async);
    super(prepareHandle(owner, writer, moduleOrdinal));
    this.description = description;
    this.#caller = new Caller(
      owner,
      writer,
      asyncWriter,
      moduleOrdinal,
      () => handleOf(this),
    );
    this.#owner = owner;
    this.#writer = writer;
    this.#frame = this.#caller.frame;
    this.#takesScalars = this.#caller.takesScalars;
  }

  /** Name of the function, without its module's. */
  get name(): string {
    return this.description.name;
  }

  /**
   * Inputs and outputs as the program's author wrote them; undefined if the
   * program does not declare them.
   */
  get signature(): Signature | undefined {
    return this.#writer.signature;
  }

  /** The inputs in order, by the names that {@linkcode run} accepts. */
  get inputs(): readonly ValueDescription[] {
    return this.#caller.describeInputs();
  }

  /** The outputs in order, by the names that {@linkcode run} returns. */
  get outputs(): readonly ValueDescription[] {
    return this.#caller.describeOutputs();
  }

  /** Types of the arguments in order. */
  get argumentTypes(): readonly ValueType[] {
    return this.#writer.argumentTypes;
  }

  /** Types of the results in order. */
  get resultTypes(): readonly ValueType[] {
    return this.#writer.results.types;
  }

  /**
   * Whether the function was compiled to signal a fence when its work on the
   * device is done, so that {@linkcode submit} can be used: it has the model
   * `coarse-fences`, or an asynchronous form, `name$async`.
   */
  get isSubmittable(): boolean {
    return this.#caller.isSubmittable;
  }

  /**
   * Calls the function and waits for it.
   *
   * If the program declares structures in its attribute `iree.abi`, as for
   * Python's `FunctionInvoker`, lists and tuples are arrays and dictionaries are
   * plain objects. Named arguments are in an object that comes last.
   * {@linkcode with} can turn structures off.
   *
   * @param values The arguments: numbers for i32, f32 and f64, `bigint` (or a
   * safe integer) for i64, objects or `null` for references. Values that do not
   * fit are rejected before the call. The caller still owns objects. Data for a
   * tensor is copied: a typed array of the class for its elements, nested
   * arrays, or an `NdArray`.
   * @returns The results, tensors as `BufferView`; the caller must dispose
   * objects in them. Throws FAILED_PRECONDITION while an asynchronous call runs
   * in the context or waits for its turn, when an argument is a result of a
   * submission that failed, and when structures do not match their declaration;
   * INVALID_ARGUMENT with the position of the wrong value
   * (`argument 0.scales[1]`). Waits for work that calls submitted to the
   * device.
   */
  call(...values: Argument[]): CallResult {
    if (!this.#takesScalars) {
      return this.#caller.call(copyOf(values), DEFAULTS);
    }
    // A call of scalars allocates nothing: the array of its arguments is not
    // created unless something receives it.
    const writer = this.#writer;
    const frame = this.#frame;
    const handle = frame.handle.isHeld ? frame.handle : handleOf(this);
    writer.checkCount(values.length);
    for (let ordinal = 0; ordinal < values.length; ordinal++) {
      writer.writeScalar(frame, ordinal, values[ordinal] as FlatArgument);
    }
    this.#owner.queue.demandIdle("a call cannot be made");
    this.#owner.queue.follow(handle);
    invokeCall(handle, frame.arguments, frame.results);
    return writer.results.read(this.#owner.context, frame);
  }

  /**
   * Calls the function and waits for it, as {@linkcode call} does, and copies
   * its tensors to arrays: the shortest way from arrays to arrays.
   *
   * @param values The arguments.
   * @returns The results; a tensor is an array of the class for its elements,
   * in row-major order. {@linkcode with} can add their shapes, or copy into
   * the caller's arrays.
   */
  compute(...values: Argument[]): Computed {
    return this.#caller.compute(values, DEFAULTS);
  }

  /**
   * Calls the function with inputs by name, without blocking the event loop, as
   * onnxruntime's `InferenceSession.run` does.
   *
   * @typeParam Outputs The outputs; required for functions that return anything
   * but tensors and scalars.
   * @param inputs The inputs by the names that the program declares, `input0`,
   * `input1`, … if it declares none; passed like those of {@linkcode callAsync}.
   * @returns The outputs by name, `output0`, … if the program declares none:
   * tensors as `NdArray`, scalars as tensors without dimensions. Rejects with
   * INVALID_ARGUMENT for a name that is missing or unknown.
   */
  async run<Outputs = Record<string, NdArray>>(
    inputs: Readonly<Record<string, Argument>>,
  ): Promise<Outputs> {
    return await this.#caller.run(inputs, DEFAULTS) as Outputs;
  }

  /**
   * Does the same without submitting: later calls of the context wait for its
   * end. Switches between threads once instead of twice, or not at all if calls
   * of the same size were short.
   *
   * @param inputs The inputs by name.
   * @param size What the call's time depends on, such as the number of bytes;
   * `undefined` if unknown.
   *
   * @internal
   */
  async runAlone(
    inputs: Readonly<Record<string, Argument>>,
    size?: number,
  ): Promise<Record<string, NdArray>> {
    return await this.#caller.runAlone(inputs, size) as Record<string, NdArray>;
  }

  /**
   * Calls the function without blocking the event loop.
   *
   * Submits a function that {@linkcode isSubmittable} to the device and waits
   * for it; runs other functions on another thread. Calls of one context begin
   * in the order in which they were made. Submitted calls overlap if their work
   * allows it. A failure affects only that call and calls that use its results.
   *
   * @param values The arguments, as {@linkcode call} accepts them. Numbers and
   * data are copied at once. Objects belong to the call until it ends: until
   * then, do not write to a tensor or a buffer, and do not use a list.
   * @returns The results; the caller must dispose objects in them.
   */
  callAsync(...values: Argument[]): Promise<CallResult> {
    return this.#caller.callAsync(values, DEFAULTS);
  }

  /**
   * Calls the function as {@linkcode callAsync} does, and copies tensors out of
   * it as {@linkcode compute} does, once they are finished.
   *
   * @param values The arguments.
   * @returns The results; a tensor is an array of the class for its elements,
   * in row-major order. The caller must dispose other objects.
   */
  computeAsync(...values: Argument[]): Promise<Computed> {
    return this.#caller.computeAsync(values, DEFAULTS);
  }

  /**
   * Returns the same ways to call, with options.
   *
   * A call whose signal is aborted rejects with the signal's reason. If it has
   * not begun by then, it does not run. If it has begun, it cannot be stopped:
   * its results are discarded, and calls of the context wait for it.
   *
   * @example
   * ```ts ignore
   * import { load } from "@iree/runtime";
   *
   * using program = load("model.vmfb");
   * const mul = program.lookupFunction("mul");
   * const inTime = mul.with({ signal: AbortSignal.timeout(1000) });
   * console.log(await inTime.computeAsync([1, 2], [3, 4]));
   * const output = new Float32Array(2);
   * mul.with({ into: [output] }).compute([1, 2], [3, 4]);
   * ```
   *
   * @param options The options; throws INVALID_ARGUMENT for unknown ones.
   * Arrays for results must have the class and length of the result; otherwise
   * the call fails after it has run.
   */
  with(
    options: CallOptions & { shapes: true },
  ): FunctionCalls<Argument[], CallResult, Computed>;
  /**
   * Returns the same ways to call; computed tensors are typed arrays.
   *
   * @param options The options.
   */
  with(options: CallOptions): FunctionCalls;
  with(options: CallOptions): FunctionCalls {
    const { name, resultTypes } = this;
    const checked = checkCallOptions(name, resultTypes.length, options);
    return new FunctionCalls(this.#caller, checked);
  }

  /**
   * Prepares calls that all have the same arguments: tensors whose contents
   * change, and tensors for the results of functions that write to the caller's
   * memory (`iree.abi.output`). The latter may have any type and shape that is
   * large enough.
   *
   * @param values The arguments in the VM's form: structures are not supported.
   * Data is copied once.
   * @returns The prepared call, which the caller must dispose. It keeps the
   * arguments alive.
   */
  bind(...values: FlatArgument[]): BoundCall {
    const frame = this.#caller.begin(values);
    return new BoundCall(this.#owner, this.#writer, frame);
  }

  /**
   * Submits a call to the device and returns at once. Calls that use each other's
   * results then follow each other on the device.
   *
   * @param values The arguments in the VM's form: structures are not supported.
   * Objects belong to the call until it is finished, as for
   * {@linkcode callAsync}.
   * @returns The results and a promise for their completion. Throws UNIMPLEMENTED
   * for a function without an asynchronous form that was not compiled with
   * `--iree-execution-model=async-external`.
   */
  submit(...values: FlatArgument[]): Submission {
    return this.#caller.submit(values);
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      name: () => this.name,
      signature: () => summarizeFunction(this.description),
    };
  }
}

// Arguments are read more than once, and reading can run the caller's code.
function copyOf<T>(values: readonly T[]): T[] {
  const copy: T[] = [];
  for (let ordinal = 0; ordinal < values.length; ordinal++) {
    copy.push(values[ordinal] as T);
  }
  return copy;
}
