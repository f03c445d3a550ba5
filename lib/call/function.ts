import { invokeCall } from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Producer } from "../../ffi/ownership/producer.ts";
import { Patience, type WaitOptions } from "../base/deadline.ts";
import { IreeError } from "../base/error.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import type { ValueType } from "../signature/calling_convention.ts";
import type { Signature } from "../signature/signature.ts";
import type { AnyTypedArray } from "../tensor/element_type.ts";
import type { FunctionDescription } from "../vm/module.ts";
import type { Argument, CallResult, Computed } from "./argument.ts";
import { ArgumentWriter } from "./argument_writer.ts";
import {
  AsyncCalls,
  letGo,
  prepareHandle,
  type Submission,
} from "./async_calls.ts";
import { BoundCall } from "./bound_call.ts";
import type { CallFrame } from "./call_frame.ts";
import type { FunctionContext } from "./context_queue.ts";
import type { StructuredArgument, StructuredResult } from "./structure.ts";
import { StructuredCall } from "./structured_call.ts";

export type { Argument, CallResult, Computed, Submission };

/**
 * A function of a context, ready to be called. Keeps the context alive.
 *
 * Thread-compatible, as its context is: one call at a time.
 *
 * @example
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * using program = load({ modules: ["model.vmfb"] });
 * const add = program.lookupFunction("add");
 * console.log(add.signature?.inputs);
 * console.log(add.call(1, 2));
 * console.log(await add.callAsync(3, 4));
 * ```
 */
export class VmFunction extends NativeObject {
  /** What its module tells of it. */
  readonly description: FunctionDescription;
  readonly #layout: ArgumentWriter;
  readonly #owner: FunctionContext;
  readonly #async: AsyncCalls;
  readonly #prepared: CallFrame;
  readonly #abi: string | undefined;
  #structured: StructuredCall | undefined;

  /**
   * Prepares the calls of a function; use `Context.lookupFunction`.
   *
   * @internal
   */
  constructor(
    owner: FunctionContext,
    moduleOrdinal: number,
    description: FunctionDescription,
  ) {
    // First what can fail: later the native object would be left behind.
    const layout = new ArgumentWriter(description);
    super(prepareHandle(owner, layout, moduleOrdinal));
    this.description = description;
    this.#layout = layout;
    this.#owner = owner;
    this.#async = new AsyncCalls(owner, layout, moduleOrdinal);
    this.#prepared = layout.prepare(handleOf(this));
    this.#abi = description.attributes["iree.abi"];
  }

  /** Name of the function, without its module's. */
  get name(): string {
    return this.description.name;
  }

  /**
   * Inputs and outputs as the program's author wrote them, where the program
   * tells.
   */
  get signature(): Signature | undefined {
    return this.#layout.signature;
  }

  /** Types of the arguments in order. */
  get argumentTypes(): readonly ValueType[] {
    return this.#layout.argumentTypes;
  }

  /** Types of the results in order. */
  get resultTypes(): readonly ValueType[] {
    return this.#layout.results.types;
  }

  /**
   * Whether the function was compiled to tell by a fence when its work on the
   * device is done (the model `coarse-fences`), so that {@linkcode submit} can
   * be used.
   */
  get isSubmittable(): boolean {
    return this.#layout.takesFences;
  }

  /**
   * Calls the function and waits for it.
   *
   * @param values The arguments: numbers for i32, f32 and f64, `bigint` (or a
   * safe integer) for i64, objects or `null` for references. What does not fit
   * is refused before anything happens. Objects stay the caller's. A tensor can
   * be given as data, which is copied: a typed array of the class for its
   * elements, nested arrays, or an `NdArray`.
   * @returns The results; objects in them are the caller's to dispose. Throws
   * FAILED_PRECONDITION while an asynchronous call runs in the context or waits
   * for its turn, and when an argument is a result of a submission that failed.
   * Work that calls have given to the device is waited for.
   */
  call(...values: Argument[]): CallResult {
    if (this.#layout.takesReferences) {
      this.#make(copyOf(values));
      return this.#layout.results.read(this.#owner.context, this.#prepared);
    }
    // A call of scalars allocates nothing: the array of its arguments is never
    // made as long as nobody is given it.
    const handle = this.#own();
    this.#layout.checkCount(values.length);
    for (let ordinal = 0; ordinal < values.length; ordinal++) {
      this.#layout.writeScalar(this.#prepared, ordinal, values[ordinal]);
    }
    this.#begin(handle);
    invokeCall(handle, this.#prepared.arguments, this.#prepared.results);
    return this.#layout.results.read(this.#owner.context, this.#prepared);
  }

  /**
   * Calls the function and waits for it, as {@linkcode call} does, and copies
   * tensors out of it: the shortest way from arrays to arrays, with no objects
   * in between.
   *
   * @param values The arguments.
   * @returns The results; a tensor is an array of the class for its elements,
   * in row-major order.
   */
  compute(...values: Argument[]): undefined | Computed | Computed[] {
    return oneOrAll(this.#compute<never>(NO_TARGETS, values));
  }

  /**
   * The same into arrays that are there already.
   *
   * @param targets For each result in order the array that its tensor is copied
   * into, or `undefined` for a new one and for what is no tensor.
   * @param values The arguments.
   * @returns The results in order. Throws INVALID_ARGUMENT when an array is not
   * of the class for the elements, or not as long; the call was made then.
   */
  computeInto<Target extends AnyTypedArray>(
    targets: readonly (Target | undefined)[],
    ...values: Argument[]
  ): (Computed | Target)[] {
    const length = this.#layout.results.count;
    // Read before the call: reading can run code of the caller's.
    const own = Array.isArray(targets) ? copyOf(targets) : NO_TARGETS;
    if (!Array.isArray(targets) || own.length !== length) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `'${this.name}' has ${length} results; an array, or undefined, is to ` +
          "be given for each",
      );
    }
    return this.#compute(own, values);
  }

  /**
   * Takes arguments for calls that are all made with the same ones: tensors
   * whose contents change, and for functions that put results into memory of
   * the caller's (`iree.abi.output`) the tensors for them. Such a tensor may
   * have any type and shape that is large enough.
   *
   * @param values The arguments, as {@linkcode call} takes them; data is copied
   * once.
   * @returns What makes the calls, for the caller to dispose. It keeps the
   * arguments alive.
   */
  bind(...values: Argument[]): BoundCall {
    const prepared = this.#async.begin(values, () => handleOf(this));
    return new BoundCall(this.#owner, this.#layout, prepared);
  }

  #compute<Target extends AnyTypedArray = never>(
    targets: readonly (Target | undefined)[],
    values: readonly Argument[],
  ): (Computed | Target)[] {
    this.#make(values);
    return this.#layout.results.compute(
      this.#owner.context,
      this.#prepared,
      targets,
    );
  }

  // Makes the call; its results are in the prepared one.
  #make(values: readonly Argument[]): void {
    const handle = this.#write(values);
    invokeCall(handle, this.#prepared.arguments, this.#prepared.results);
  }

  // The handle that the prepared call has is found sooner; once nobody holds it
  // any more, the error is that of all objects.
  #own(): Handle {
    const { handle } = this.#prepared;
    return handle.isHeld ? handle : handleOf(this);
  }

  // Passes arguments to the prepared call.
  #write(values: readonly Argument[]): Handle {
    const references = this.#layout.readReferences(values);
    const handle = this.#own();
    const { context } = this.#owner;
    this.#layout.write(context, this.#prepared, values, references);
    // Only now it is known with whom the context shares lists.
    this.#begin(handle);
    Producer.waitForAll(this.#prepared.producers);
    return handle;
  }

  #begin(handle: Handle): void {
    const { queue } = this.#owner;
    queue.demandIdle("a call cannot be made");
    queue.follow(handle);
  }

  /**
   * Calls the function with structures, where the program tells of them by its
   * attribute `iree.abi`, as Python's `FunctionInvoker` does; else as
   * {@linkcode VmFunction.call}.
   *
   * @example
   * ```ts ignore
   * import { load } from "@iree/runtime";
   *
   * using program = load({ modules: ["model.vmfb"] });
   * const layer = program.lookupFunction("layer");
   * const weights = { bias: [1, 2], scales: [0.5, [3, 4n]] };
   * const result = layer.invoke(weights, new Float32Array([10, 20]));
   * ```
   *
   * @param values The arguments: arrays for lists and tuples, plain objects for
   * dictionaries, with all of their keys and no others; numbers, data and
   * tensors in them as `call` takes them. What is to be given by name is in an
   * object that comes last.
   * @returns The results in structures of the same kind, tensors as
   * `BufferView`. Objects in them are the caller's to dispose, as
   * `disposeStructure` does. Throws INVALID_ARGUMENT with the place of what does
   * not fit (`argument 0.scales[1]`), and when the attribute is malformed;
   * FAILED_PRECONDITION when the results are not as it tells.
   */
  invoke(...values: StructuredArgument[]): StructuredResult | undefined {
    const text = this.#abi;
    if (text === undefined) return this.call(...values as Argument[]);
    // A disposed function is refused before anything is made for it.
    handleOf(this);
    const { context, devices } = this.#owner;
    this.#structured ??= new StructuredCall(this, {
      instance: context.instance,
      devices,
      ordinal: 0,
    }, text);
    return this.#structured.invoke(copyOf(values));
  }

  /**
   * Calls the function without keeping the event loop from going on.
   *
   * A function of the model `coarse-fences` is given to the device and waited
   * for; any other one runs on another thread. Calls of one context begin in
   * the order in which they were made; those that are given to a device one
   * after the other, as their work allows. A failure is that call's alone, and
   * theirs that take results of it.
   *
   * @param values The arguments, as {@linkcode call} takes them. Numbers and
   * data are copied at once. Objects are the call's until it has ended: a
   * tensor or a buffer must not be written to meanwhile, nor a list be used.
   * @returns The results; objects in them are the caller's to dispose.
   */
  callAsync(...values: Argument[]): Promise<CallResult> {
    return this.callWith({}, ...values);
  }

  /**
   * Calls the function as {@linkcode callAsync} does, and not for ever.
   *
   * @param options When to give up.
   * @param values The arguments.
   * @returns The results. Rejects with the reason of the signal when that is
   * aborted, and with DEADLINE_EXCEEDED when time is up. A call that has not
   * begun by then is not made. One that has begun cannot be stopped: it goes on
   * unseen, its results are let go, and calls of the context wait for it.
   */
  async callWith(
    options: WaitOptions,
    ...values: Argument[]
  ): Promise<CallResult> {
    const { context } = this.#owner;
    const read = (call: CallFrame) => this.#layout.results.read(context, call);
    return await this.#wait(options, values, read);
  }

  /**
   * Calls the function as {@linkcode callAsync} does, and copies tensors out of
   * it as {@linkcode compute} does, once they are finished.
   *
   * @param values The arguments.
   * @returns The results; a tensor is an array of the class for its elements,
   * in row-major order. Other objects are the caller's to dispose.
   */
  computeAsync(
    ...values: Argument[]
  ): Promise<undefined | Computed | Computed[]> {
    return this.computeWith({}, ...values);
  }

  /**
   * Calls the function as {@linkcode computeAsync} does, and not for ever.
   *
   * @param options When to give up.
   * @param values The arguments.
   * @returns The results. Rejects as {@linkcode callWith} does.
   */
  async computeWith(
    options: WaitOptions,
    ...values: Argument[]
  ): Promise<undefined | Computed | Computed[]> {
    const { context } = this.#owner;
    const read = (call: CallFrame) =>
      oneOrAll(
        this.#layout.results.compute<never>(context, call, NO_TARGETS),
      );
    return await this.#wait(options, values, read);
  }

  #wait<Results extends undefined | Computed | Computed[]>(
    options: WaitOptions,
    values: readonly Argument[],
    read: (call: CallFrame) => Results,
  ): Promise<Results | undefined> {
    const patience = new Patience(options, `the call of '${this.name}'`);
    const prepared = this.#async.begin(values, () => handleOf(this));
    return patience.wait(this.#async.finish(prepared, patience, read), letGo);
  }

  /**
   * Gives a call to the device and goes on at once: for calls that take each
   * other's results, which then follow each other without coming back here.
   *
   * @param values The arguments, as {@linkcode callAsync} takes them: objects are
   * the call's until it is finished.
   * @returns The results and when they are finished. Throws UNIMPLEMENTED for a
   * function that was not compiled for it, with
   * `--iree-execution-model=async-external`.
   */
  submit(...values: Argument[]): Submission {
    if (!this.isSubmittable) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `'${this.name}' does not tell by a fence when it is done`,
        {
          hint: "compile it with --iree-execution-model=async-external, or " +
            "use callAsync",
        },
      );
    }
    return this.#async.submit(this.#async.begin(values, () => handleOf(this)));
  }
}

function oneOrAll(computed: Computed[]): undefined | Computed | Computed[] {
  return computed.length > 1 ? computed : computed[0];
}

function copyOf<T>(values: readonly T[]): T[] {
  const copy: T[] = [];
  for (let ordinal = 0; ordinal < values.length; ordinal++) {
    copy.push(values[ordinal]);
  }
  return copy;
}

const NO_TARGETS: readonly undefined[] = [];
