import { invokeCall } from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Producer } from "../../ffi/ownership/producer.ts";
import { untilAborted } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import type { AnyTypedArray } from "../tensor/element_type.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import type {
  Argument,
  CallResult,
  Computed,
  FlatArgument,
  FlatComputed,
  FlatResult,
  Structure,
} from "./argument.ts";
import type { ArgumentWriter } from "./argument_writer.ts";
import { AsyncCalls, type Submission } from "./async_calls.ts";
import type { CallFrame } from "./call_frame.ts";
import { type CheckedOptions, DEFAULTS, refuseInto } from "./call_options.ts";
import type { FunctionContext } from "./context_queue.ts";
import { NamedValues } from "./named_values.ts";
import { areSteady, ShortCalls } from "./short_calls.ts";
import { disposeStructure } from "./structure.ts";
import { StructuredCall } from "./structured_call.ts";

/** Makes the calls of a function, in every form. */
export class Caller {
  readonly owner: FunctionContext;
  readonly writer: ArgumentWriter;
  /** The frame that all blocking calls share. */
  readonly frame: CallFrame;
  /** Whether asynchronous calls signal a fence at their end. */
  readonly isSubmittable: boolean;
  /** Whether the function takes nothing but scalars, and no structures. */
  readonly takesScalars: boolean;
  readonly #bound: AsyncCalls;
  readonly #async: AsyncCalls;
  readonly #demand: () => Handle;
  /** The declaration of structures. */
  readonly #abi: string | undefined;
  #structured: StructuredCall | undefined;
  #names: NamedValues | undefined;
  #short: ShortCalls | null | undefined;

  /**
   * @param owner The function's context.
   * @param writer Writes its arguments.
   * @param asyncWriter Writes those of asynchronous calls.
   * @param moduleOrdinal The ordinal of its module in the context.
   * @param demand Returns the function's handle; throws after disposal.
   */
  constructor(
    owner: FunctionContext,
    writer: ArgumentWriter,
    asyncWriter: ArgumentWriter,
    moduleOrdinal: number,
    demand: () => Handle,
  ) {
    this.owner = owner;
    this.writer = writer;
    this.frame = writer.prepare(demand());
    this.#bound = new AsyncCalls(owner, writer, moduleOrdinal);
    this.#async = new AsyncCalls(owner, asyncWriter, moduleOrdinal);
    this.isSubmittable = asyncWriter.takesFences;
    this.#demand = demand;
    this.#abi = writer.description.attributes["iree.abi"];
    this.takesScalars = !writer.takesReferences && this.#abi === undefined;
  }

  /** See `VmFunction.call`. */
  call(values: readonly Argument[], options: CheckedOptions): CallResult {
    const structures = this.#structures(options);
    if (structures !== undefined) {
      this.#makeStructured(values, structures);
      return structures.unpack(this.#read());
    }
    this.#make(values as readonly FlatArgument[]);
    return this.#read();
  }

  /** See `VmFunction.compute`. */
  compute(values: readonly Argument[], options: CheckedOptions): Computed {
    const structures = this.#structures(options);
    if (structures !== undefined) {
      refuseInto(options);
      this.#makeStructured(values, structures);
      return this.#computedStructure(this.frame, structures, options);
    }
    this.#make(values as readonly FlatArgument[]);
    return this.#computed(this.frame, options);
  }

  /** See `VmFunction.callAsync`. */
  async callAsync(
    values: readonly Argument[],
    options: CheckedOptions,
  ): Promise<CallResult> {
    const structures = this.#structures(options);
    return await this.#finish(values, options, structures, (frame) => {
      const results = this.writer.results.read(this.owner.context, frame);
      return structures === undefined ? results : structures.unpack(results);
    });
  }

  /** See `VmFunction.computeAsync`. */
  async computeAsync(
    values: readonly Argument[],
    options: CheckedOptions,
  ): Promise<Computed> {
    const structures = this.#structures(options);
    if (structures !== undefined) refuseInto(options);
    return await this.#finish(
      values,
      options,
      structures,
      (frame) =>
        structures === undefined
          ? this.#computed(frame, options)
          : this.#computedStructure(frame, structures, options),
    );
  }

  /** See `VmFunction.run`. */
  run(
    inputs: Readonly<Record<string, Argument>>,
    options: CheckedOptions,
  ): Promise<Record<string, unknown> | undefined> {
    return this.#run(inputs, options, this.#async);
  }

  /** See `VmFunction.runAlone`. */
  async runAlone(
    inputs: Readonly<Record<string, Argument>>,
    size: number | undefined,
  ): Promise<Record<string, unknown> | undefined> {
    const short = this.#shortCalls();
    if (short === null || size === undefined) {
      return await this.#run(inputs, DEFAULTS, this.#bound);
    }
    const start = performance.now();
    if (short.isShort(size) && this.owner.queue.isIdle) {
      this.#make(this.#named.order(inputs) as FlatArgument[]);
      const { context } = this.owner;
      const arrays = this.writer.results.readArrays(
        context,
        this.frame,
        NO_TARGETS,
      );
      short.tookHere(size, performance.now() - start);
      return this.#named.name(arrays);
    }
    const outputs = await this.#run(inputs, DEFAULTS, this.#bound);
    short.tookElsewhere(size, performance.now() - start);
    return outputs;
  }

  #shortCalls(): ShortCalls | null {
    if (this.#short !== undefined) return this.#short;
    const { computesAlone, queue: { hostStates } } = this.owner;
    const isShortable = this.#abi === undefined && areSteady({
      computesAlone,
      hasHost: hostStates.length > 0,
      argumentTypes: this.writer.argumentTypes,
      inputs: this.#named.describeInputs(undefined),
    });
    return this.#short = isShortable ? new ShortCalls() : null;
  }

  async #run(
    inputs: Readonly<Record<string, Argument>>,
    options: CheckedOptions,
    calls: AsyncCalls,
  ): Promise<Record<string, unknown> | undefined> {
    const structures = this.#structures(options);
    if (structures !== undefined) refuseInto(options);
    const names = this.#named;
    const values = structures === undefined
      ? names.order(inputs)
      : names.orderStructures(inputs, structures);
    const targets = names.orderTargets(options.named);
    return await this.#finish(values, options, structures, (frame) => {
      if (structures === undefined) {
        const arrays = this.writer.results.readArrays(
          this.owner.context,
          frame,
          targets,
        );
        return names.name(arrays);
      }
      const withShapes = { ...options, shapes: true };
      const computed = this.#computedStructure(frame, structures, withShapes);
      return structures.hasNamedResults
        ? computed as Record<string, Structure<FlatComputed>>
        : names.name(
          structures.resultCount > 1
            ? computed as Structure<FlatComputed>[]
            : [computed],
        );
    }, calls);
  }

  /** See `VmFunction.inputs`. */
  describeInputs(): ValueDescription[] {
    return this.#named.describeInputs(this.#structures(DEFAULTS));
  }

  /** See `VmFunction.outputs`. */
  describeOutputs(): ValueDescription[] {
    return this.#named.describeOutputs(this.#structures(DEFAULTS));
  }

  get #named(): NamedValues {
    return this.#names ??= new NamedValues(this.writer);
  }

  /** See `VmFunction.submit`. */
  submit(values: readonly FlatArgument[]): Submission {
    if (!this.isSubmittable) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `'${this.writer.description.name}' does not signal a fence when it is ` +
          "done",
        {
          hint: "compile it with --iree-execution-model=async-external, or " +
            "use callAsync",
        },
      );
    }
    return this.#async.submit(this.#async.begin(values, this.#demand));
  }

  /** Prepares blocking calls with these arguments, in a separate frame. */
  begin(values: readonly FlatArgument[]): CallFrame {
    return this.#bound.begin(values, this.#demand);
  }

  /**
   * Returns the frame's handle, which is faster to find than the function's.
   * Throws like any disposed object once it is released.
   */
  #own(): Handle {
    const { handle } = this.frame;
    return handle.isHeld ? handle : this.#demand();
  }

  /** Throws while another call uses the context. */
  #enter(handle: Handle): void {
    const { queue } = this.owner;
    queue.demandIdle("a call cannot be made");
    queue.follow(handle);
  }

  // Makes the call; its results are in the frame.
  #make(values: readonly FlatArgument[]): void {
    const { context } = this.owner;
    const references = this.writer.readReferences(values);
    const handle = this.#own();
    this.writer.write(context, this.frame, values, references);
    // The contexts that share lists with this one are known only now.
    this.#enter(handle);
    Producer.waitForAll(this.frame.producers);
    invokeCall(handle, this.frame.arguments, this.frame.results);
  }

  #makeStructured(
    values: readonly Argument[],
    structures: StructuredCall,
  ): void {
    using scratch = new DisposableStack();
    this.#make(structures.pack(values, scratch));
  }

  #read(): FlatResult {
    return this.writer.results.read(this.owner.context, this.frame);
  }

  #finish<Results>(
    values: readonly Argument[],
    { signal }: CheckedOptions,
    structures: StructuredCall | undefined,
    read: (frame: CallFrame) => Results,
    calls = this.#async,
  ): Promise<Results | undefined> {
    signal?.throwIfAborted();
    const frame = this.#beginStructured(values, structures, calls);
    const { context } = this.owner;
    const work = structures === undefined
      ? calls.finish(frame, signal, read)
      : calls.finishInTurn(
        frame,
        signal,
        () => context.lists.readInTurn(() => read(frame)),
      );
    return untilAborted(work, signal, (results) => {
      disposeStructure(results as CallResult);
    });
  }

  // The call holds the objects that were created for it.
  #beginStructured(
    values: readonly Argument[],
    structures: StructuredCall | undefined,
    calls: AsyncCalls,
  ): CallFrame {
    if (structures === undefined) {
      return calls.begin(values as readonly FlatArgument[], this.#demand);
    }
    // Results are read out of lists, which no other call may change meanwhile.
    this.owner.context.lists.note();
    using scratch = new DisposableStack();
    return calls.begin(structures.pack(values, scratch), this.#demand);
  }

  #computed(
    frame: CallFrame,
    options: CheckedOptions,
  ): undefined | FlatComputed | FlatComputed[] {
    const { results } = this.writer;
    const { context } = this.owner;
    const targets = options.targets ?? NO_TARGETS;
    const computed: FlatComputed[] = options.shapes
      ? results.readArrays(context, frame, targets)
      : results.compute(context, frame, targets);
    return computed.length > 1 ? computed : computed[0];
  }

  #computedStructure(
    frame: CallFrame,
    structures: StructuredCall,
    options: CheckedOptions,
  ): Computed {
    const results = this.writer.results.read(this.owner.context, frame);
    return structures.compute(results, options.shapes);
  }

  #structures({ structures }: CheckedOptions): StructuredCall | undefined {
    const text = this.#abi;
    if (text === undefined || !structures) return undefined;
    // A disposed function throws before anything is created for it.
    this.#demand();
    const { context, devices } = this.owner;
    const { description, argumentTypes, results } = this.writer;
    return this.#structured ??= new StructuredCall(
      description.name,
      { arguments: argumentTypes.length, results: results.count },
      { instance: context.instance, devices, ordinal: 0 },
      text,
    );
  }
}

const NO_TARGETS: readonly (AnyTypedArray | undefined)[] = [];
