import {
  CallBuffer,
  createCall,
  invokeCall,
  setCallReference,
  setCallTensor,
  takeCallReference,
} from "../ffi/call.ts";
import { IreeError } from "./error.ts";
import { type Handle, Kind } from "../ffi/handle.ts";
import type { TypedHandle } from "../ffi/reference.ts";
import {
  parseCallingConvention,
  type Slot,
  type SlotType,
} from "./calling_convention.ts";
import type { FunctionDescription } from "./module.ts";
import { BufferView } from "./buffer_view.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import {
  DECLARED_SCALARS,
  type DeclaredScalar,
  type ScalarRange,
  SCALARS,
} from "./scalar.ts";
import {
  type DeclaredValue,
  parseSignature,
  type Signature,
} from "./signature.ts";
import type { StructuredArgument, StructuredResult } from "./structure.ts";
import { StructuredCall } from "./structured_call.ts";
import type { EncodedTensor, TensorData } from "./tensor.ts";
import { TensorParameter } from "./tensor_parameter.ts";
import {
  describeValue,
  unwrapObject,
  type Value,
  wrapObject,
} from "./value.ts";

/**
 * What a call gives: nothing, the one result, or all results in order.
 */
export type CallResult = undefined | Value | Value[];

/** What a call takes: values, and data that tensors are made of. */
export type Argument = Value | TensorData;

/**
 * A function of a context, ready to be called. Keeps the context alive.
 *
 * Thread-compatible, as its context is: one call at a time.
 */
export class VmFunction extends NativeObject {
  /** What its module tells of it. */
  readonly description: FunctionDescription;
  /**
   * Inputs and outputs as the program's author wrote them, where the program
   * tells.
   */
  readonly signature: Signature | undefined;
  readonly #argumentSlots: readonly Slot[];
  readonly #resultSlots: readonly Slot[];
  readonly #arguments: CallBuffer;
  readonly #results: CallBuffer;
  readonly #argumentTypes: readonly (DeclaredScalar | undefined)[];
  readonly #resultTypes: readonly (DeclaredScalar | undefined)[];
  readonly #tensors: readonly TensorParameter[];
  readonly #takesReferences: boolean;
  readonly #context: Handle;
  readonly #devices: Handle | undefined;
  #structured: StructuredCall | undefined;

  /**
   * Prepares the calls of a function; use `Context.lookupFunction`.
   *
   * @internal
   */
  constructor(
    context: Handle,
    devices: Handle | undefined,
    moduleOrdinal: number,
    description: FunctionDescription,
  ) {
    // First what can fail: later the native object would be left behind.
    const convention = parseCallingConvention(description.callingConvention);
    const signature = parseSignature(
      description.attributes["iree.abi.declaration"] ?? "",
      description.name,
    );
    const { inputs = [], outputs = [] } = signature ?? {};
    const argumentTypes = inputs.map(declaredScalar);
    const resultTypes = outputs.map(declaredScalar);
    const takesFences =
      description.attributes["iree.abi.model"] === "coarse-fences";
    super(
      createCall(context, moduleOrdinal, description.name, {
        devices,
        takesFences,
      }),
    );
    this.description = description;
    this.#context = context;
    this.#devices = devices;
    // The call makes the fences.
    this.#argumentSlots = convention.arguments.slots.slice(
      0,
      takesFences ? -FENCE_COUNT : undefined,
    );
    this.#resultSlots = convention.results.slots;
    this.#arguments = new CallBuffer(convention.arguments.byteLength);
    this.#results = new CallBuffer(convention.results.byteLength);
    this.signature = signature;
    this.#argumentTypes = argumentTypes;
    this.#resultTypes = resultTypes;
    this.#tensors = this.#argumentSlots.map((_, ordinal) =>
      new TensorParameter(
        inputs[ordinal],
        (problem) => this.#refused(ordinal, problem),
      )
    );
    this.#takesReferences = this.#argumentSlots.some(({ type }) =>
      type === "ref"
    );
  }

  /** Name of the function, without its module's. */
  get name(): string {
    return this.description.name;
  }

  /** Types of the arguments in order. */
  get argumentTypes(): readonly SlotType[] {
    return this.#argumentSlots.map(({ type }) => type);
  }

  /** Types of the results in order. */
  get resultTypes(): readonly SlotType[] {
    return this.#resultSlots.map(({ type }) => type);
  }

  /**
   * Calls the function and waits for it.
   *
   * @param values The arguments: numbers for i32, f32 and f64, `bigint` (or a
   * safe integer) for i64, objects or `null` for references. What does not fit
   * is refused before anything happens. Objects stay the caller's. A tensor can
   * be given as data, which is copied: a typed array of the class for its
   * elements, nested arrays, or an `NdArray`.
   * @returns The results; objects in them are the caller's to dispose.
   */
  call(...values: Argument[]): CallResult {
    const slots = this.#argumentSlots;
    if (values.length !== slots.length) throw this.#wrongCount(values.length);
    // Reading data can run code of the caller's, even this call: nothing is
    // written before all of it was read.
    const references = this.#takesReferences
      ? this.#readReferences(values)
      : NO_REFERENCES;
    const call = handleOf(this);
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      const slot = slots[ordinal];
      if (slot.type !== "ref") {
        this.#writeScalar(ordinal, slot.type, slot.offset, values[ordinal]);
      }
    }
    if (this.#takesReferences) this.#setReferences(call, references);
    invokeCall(call, this.#arguments, this.#results);
    const results = this.#resultSlots;
    if (results.length === 0) return undefined;
    if (results.length === 1) return this.#readResult(call, 0, results[0]);
    return results.map((slot, ordinal) =>
      this.#readResult(call, ordinal, slot)
    );
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
    const text = this.description.attributes["iree.abi"];
    if (text === undefined) return this.call(...values as Argument[]);
    // A disposed function is refused before anything is made for it.
    handleOf(this);
    this.#structured ??= new StructuredCall(this, {
      instance: this.#context.instance,
      devices: this.#devices,
      ordinal: 0,
    }, text);
    return this.#structured.invoke(values);
  }

  #readReferences(values: readonly Argument[]): readonly ReferenceArgument[] {
    return this.#argumentSlots.map(({ type }, ordinal) =>
      type === "ref" ? this.#readReference(ordinal, values[ordinal]) : null
    );
  }

  #readReference(ordinal: number, value: Argument): ReferenceArgument {
    if (value === null) return null;
    const parameter = this.#tensors[ordinal];
    if (parameter.takesData(value)) return parameter.encode(value);
    const object = unwrapObject(value);
    if (object === undefined) throw this.#wrongType(ordinal, value);
    if (value instanceof BufferView) parameter.check(value);
    return object;
  }

  #writeScalar(
    ordinal: number,
    type: Exclude<SlotType, "ref">,
    offset: number,
    value: Argument,
  ): void {
    const declared = this.#argumentTypes[ordinal];
    if (!(declared ?? SCALARS[type]).fits(value)) {
      throw this.#wrongType(ordinal, value);
    }
    if (type === "i64") {
      this.#arguments.i64[offset >> 3] = BigInt(value as number | bigint);
    } else if (type === "f64") {
      this.#arguments.f64[offset >> 3] = value as number;
    } else {
      this.#arguments[type][offset >> 2] = declared === undefined
        ? value as number
        : declared.encode(value as number);
    }
  }

  // Only once all values are known to be good: native code keeps the objects
  // until the call is made.
  #setReferences(
    call: Handle,
    references: readonly ReferenceArgument[],
  ): void {
    for (const [ordinal, { type }] of this.#argumentSlots.entries()) {
      if (type !== "ref") continue;
      const reference = references[ordinal];
      if (reference !== null && "bytes" in reference) {
        setCallTensor(call, ordinal, reference);
      } else {
        setCallReference(this.#context, call, ordinal, reference);
      }
    }
  }

  #readResult(call: Handle, ordinal: number, slot: Slot): Value {
    const { type, offset } = slot;
    switch (type) {
      case "i64":
        return this.#results.i64[offset >> 3];
      case "f64":
        return this.#results.f64[offset >> 3];
      case "ref": {
        const kind = this.#results.i32[offset >> 2];
        if (kind === Kind.null) return null;
        const code = this.#results.i32[(offset >> 2) + 1];
        const byteLength = this.#results.f64[(offset >> 3) + 1];
        const taken = takeCallReference(this.#context, call, ordinal, kind);
        return kind === Kind.bufferView
          ? new BufferView(taken.handle, code, byteLength)
          : wrapObject(taken);
      }
      default: {
        const value = this.#results[type][offset >> 2];
        return this.#resultTypes[ordinal]?.decode(value) ?? value;
      }
    }
  }

  #wrongCount(count: number): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `input list and function mismatch; expected ` +
        `${this.#argumentSlots.length} arguments but passed ${count} ` +
        `to '${this.name}'`,
      { hint: this.#declarationHint },
    );
  }

  #wrongType(ordinal: number, value: unknown): IreeError {
    const { type } = this.#argumentSlots[ordinal];
    const wanted = type === "ref"
      ? this.#tensors[ordinal].description
      : this.#describeScalar(ordinal, type);
    return new IreeError(
      "INVALID_ARGUMENT",
      `argument ${ordinal} of '${this.name}': wanted ${wanted}, given ` +
        describeValue(value),
      { hint: this.#declarationHint },
    );
  }

  #refused(ordinal: number, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `argument ${ordinal} of '${this.name}': input${ordinal} ${problem}`,
      { hint: this.#declarationHint },
    );
  }

  #describeScalar(ordinal: number, type: Exclude<SlotType, "ref">): string {
    const { range }: ScalarRange = this.#argumentTypes[ordinal] ??
      SCALARS[type];
    const declared = this.signature?.inputs[ordinal];
    return `${declared?.kind === "scalar" ? declared.type : type} (${range})`;
  }

  get #declarationHint(): string | undefined {
    const declaration = this.description.attributes["iree.abi.declaration"];
    return declaration && `the function is declared as \`${declaration}\``;
  }
}

/** What a reference is passed as: a new tensor, an object, or null. */
type ReferenceArgument = EncodedTensor | TypedHandle | null;

const NO_REFERENCES: readonly ReferenceArgument[] = [];

/** Arguments at the end of a function of the model `coarse-fences`. */
const FENCE_COUNT = 2;

function declaredScalar(value: DeclaredValue): DeclaredScalar | undefined {
  if (value.kind !== "scalar") return undefined;
  if (Object.hasOwn(DECLARED_SCALARS, value.type)) {
    return DECLARED_SCALARS[value.type];
  }
  if (PASSED_AS_THEY_ARE.test(value.type)) return undefined;
  throw new IreeError(
    "UNIMPLEMENTED",
    `'${value.name}' is a scalar of type ${value.type}, which cannot be passed`,
  );
}

const PASSED_AS_THEY_ARE = /^(?:index|[su]?i(?:32|64)|f32|f64)$/;
