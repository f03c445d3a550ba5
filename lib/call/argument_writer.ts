import {
  CallBuffer,
  setCallReference,
  setCallTensor,
  setCallTensorParts,
} from "../../ffi/call.ts";
import { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import type { Producer } from "../../ffi/ownership/producer.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { handleOf } from "../base/native_object.ts";
import { wrongArgumentCount } from "./argument_count.ts";
import {
  parseCallingConvention,
  type Slot,
  type ValueType,
} from "../signature/calling_convention.ts";
import { declaredScalar } from "../signature/declared_scalar.ts";
import { type CallForm, takesFences } from "../signature/async_form.ts";
import { parseSignature, type Signature } from "../signature/signature.ts";
import {
  type DeclaredScalar,
  type ScalarRange,
  SCALARS,
} from "../tensor/scalar.ts";
import { TensorParts } from "../tensor/tensor_parts.ts";
import type { FunctionDescription } from "../vm/module.ts";
import { unwrapObject } from "../vm/value.ts";
import type { FlatArgument, ReferenceArgument } from "./argument.ts";
import type { CallFrame } from "./call_frame.ts";
import { declarationHint } from "./declaration_hint.ts";
import { ListContents, readListContents, takesList } from "./list_argument.ts";
import { ResultReader } from "./result_reader.ts";
import { TensorArgument } from "./tensor_argument.ts";

/** Checks and writes the arguments of a function, and reads its results. */
export class ArgumentWriter {
  /** Name of the called export. */
  readonly exportName: string;
  /** The function's description, with the export's calling convention. */
  readonly description: FunctionDescription;
  /** Inputs and outputs as declared by the program. */
  readonly signature: Signature | undefined;
  /** Whether the function takes fences, which the call supplies. */
  readonly takesFences: boolean;
  /** Reads the function's results. */
  readonly results: ResultReader;
  /** Length of the arguments of a call in bytes. */
  readonly argumentsLength: number;
  /** Length of the results of a call in bytes. */
  readonly resultsLength: number;
  readonly #argumentSlots: readonly Slot[];
  readonly #argumentTypes: readonly (DeclaredScalar | undefined)[];
  readonly #tensors: readonly TensorArgument[];
  readonly #takesLists: boolean;
  /** Whether any argument is a reference. */
  readonly takesReferences: boolean;

  /** Throws UNIMPLEMENTED for a function that cannot be called from here. */
  constructor({ exportName, description }: CallForm) {
    const convention = parseCallingConvention(description.callingConvention);
    this.exportName = exportName;
    this.description = description;
    this.signature = parseSignature(
      description.attributes["iree.abi.declaration"] ?? "",
      description.name,
    );
    this.takesFences = takesFences(description);
    this.#argumentSlots = convention.arguments.slots.slice(
      0,
      this.takesFences ? -FENCE_COUNT : undefined,
    );
    this.argumentsLength = convention.arguments.byteLength;
    this.resultsLength = convention.results.byteLength;
    const { inputs = [], outputs = [] } = this.signature ?? {};
    this.#argumentTypes = inputs.map(declaredScalar);
    this.#takesLists = inputs.some(takesList);
    this.results = new ResultReader(
      description,
      convention.results.slots,
      outputs,
    );
    this.#tensors = this.#argumentSlots.map((_, ordinal) =>
      new TensorArgument(
        inputs[ordinal],
        (problem) => this.#refused(ordinal, problem),
      )
    );
    this.takesReferences = this.#argumentSlots.some(({ type }) =>
      type === "ref"
    );
  }

  /** Types of the arguments in order. */
  get argumentTypes(): readonly ValueType[] {
    return this.#argumentSlots.map(({ type }) => type);
  }

  /** Allocates the values of a call. */
  prepare(handle: Handle): CallFrame {
    return {
      handle,
      arguments: new CallBuffer(this.argumentsLength),
      results: new CallBuffer(this.resultsLength),
      producers: NO_PRODUCERS,
    };
  }

  /** Throws INVALID_ARGUMENT for the wrong number of arguments. */
  checkCount(count: number): void {
    if (count !== this.#argumentSlots.length) throw this.#wrongCount(count);
  }

  /**
   * Reads the arguments that are references. This can run the caller's code,
   * even a call of this function, so nothing is written before all are read.
   */
  readReferences(
    values: readonly FlatArgument[],
  ): readonly ReferenceArgument[] {
    const slots = this.#argumentSlots;
    this.checkCount(values.length);
    if (!this.takesReferences) return NO_REFERENCES;
    const references = new Array<ReferenceArgument>(slots.length);
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      references[ordinal] = slots[ordinal]!.type === "ref"
        ? this.#readReference(ordinal, values[ordinal] as FlatArgument)
        : null;
    }
    return references;
  }

  /**
   * Writes the arguments of a call. Scalars that do not fit throw before
   * anything is written.
   */
  write(
    context: Handle,
    call: CallFrame,
    values: readonly FlatArgument[],
    references: readonly ReferenceArgument[],
  ): void {
    const slots = this.#argumentSlots;
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      const slot = slots[ordinal]!;
      if (slot.type !== "ref") {
        const value = values[ordinal] as FlatArgument;
        this.#writeSlot(call.arguments, ordinal, slot, value);
      }
    }
    if (!this.takesReferences) return;
    if (this.#takesLists) this.#setWithLists(context, call, references);
    else this.#setReferences(context, call, references as MadeReference[]);
  }

  #setWithLists(
    context: Handle,
    call: CallFrame,
    references: readonly ReferenceArgument[],
  ): void {
    using lists = new DisposableStack();
    const made = references.map((it) =>
      it instanceof ListContents
        ? handleOf(lists.use(it.make(context.instance)))
        : it
    );
    this.#setReferences(context, call, made);
  }

  #readReference(ordinal: number, value: FlatArgument): ReferenceArgument {
    const parameter = this.#tensors[ordinal]!;
    if (value === null) {
      parameter.checkNull();
      return null;
    }
    // The quick check first: looking for a handle in an array is slow.
    if (parameter.takesAsItIs(value)) return value;
    if (TensorParts.is(value)) return value;
    const object = unwrapObject(value);
    if (object !== undefined) {
      if (object.kind === Kind.bufferView) parameter.check(object);
      return object;
    }
    if (parameter.takesData(value)) return parameter.encode(value);
    const list = readListContents(this.signature?.inputs[ordinal], value);
    if (list !== undefined) return list;
    throw this.#wrongType(ordinal, value);
  }

  /** Writes an argument of a function that takes no references. */
  writeScalar(call: CallFrame, ordinal: number, value: FlatArgument): void {
    const slot = this.#argumentSlots[ordinal]!;
    this.#writeSlot(call.arguments, ordinal, slot, value);
  }

  #writeSlot(
    { i32, i64, f32, f64 }: CallBuffer,
    ordinal: number,
    { type, offset }: Slot,
    value: FlatArgument,
  ): void {
    const declared = this.#argumentTypes[ordinal];
    if (declared !== undefined) {
      if (!declared.fits(value)) throw this.#wrongType(ordinal, value);
      i32[offset >> 2] = declared.encode(value as number);
    } else if (type === "i32") {
      if (typeof value !== "number" || (value | 0) !== value) {
        throw this.#wrongType(ordinal, value);
      }
      i32[offset >> 2] = value;
    } else if (type === "f64") {
      if (typeof value !== "number") throw this.#wrongType(ordinal, value);
      f64[offset >> 3] = value;
    } else if (type === "f32") {
      if (!SCALARS.f32.fits(value)) throw this.#wrongType(ordinal, value);
      f32[offset >> 2] = value as number;
    } else {
      if (!SCALARS.i64.fits(value)) throw this.#wrongType(ordinal, value);
      i64[offset >> 3] = typeof value === "bigint"
        ? value
        : BigInt(value as number);
    }
  }

  // Only once all values are checked: native code keeps the objects until the
  // call is made.
  #setReferences(
    context: Handle,
    call: CallFrame,
    references: readonly MadeReference[],
  ): void {
    const slots = this.#argumentSlots;
    call.producers = NO_PRODUCERS;
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      if (slots[ordinal]!.type !== "ref") continue;
      const reference = references[ordinal] as MadeReference;
      if (ArrayBuffer.isView(reference)) {
        const tensor = this.#tensors[ordinal]!;
        setCallTensor(call.handle, ordinal, tensor, reference, tensor.refuse);
      } else if (TensorParts.is(reference)) {
        const { refuse } = this.#tensors[ordinal]!;
        setCallTensorParts(call.handle, ordinal, reference, refuse);
      } else if (reference === null || Handle.is(reference)) {
        setCallReference(context, call.handle, ordinal, reference);
        const producer = reference?.producer;
        if (producer !== undefined) {
          call.producers = [...call.producers, producer];
        }
      } else {
        const { refuse } = this.#tensors[ordinal]!;
        setCallTensor(call.handle, ordinal, reference, reference.bytes, refuse);
      }
    }
  }

  #wrongCount(count: number): IreeError {
    return wrongArgumentCount(
      this.description.name,
      `${this.#argumentSlots.length} arguments`,
      count,
      declarationHint(this.description),
    );
  }

  #wrongType(ordinal: number, value: unknown): IreeError {
    const { type } = this.#argumentSlots[ordinal]!;
    const wanted = type === "ref"
      ? this.#tensors[ordinal]!.description
      : this.#describeScalar(ordinal, type);
    return new IreeError(
      "INVALID_ARGUMENT",
      `argument ${ordinal} of '${this.description.name}' must be ${wanted}, got ` +
        describeValue(value),
      { hint: declarationHint(this.description) },
    );
  }

  #refused(ordinal: number, problem: string): IreeError {
    const declared = this.signature?.inputs[ordinal]?.name;
    const name = declared || `input${ordinal}`;
    return new IreeError(
      "INVALID_ARGUMENT",
      `argument ${ordinal} of '${this.description.name}': ${name} ${problem}`,
      { hint: declarationHint(this.description) },
    );
  }

  #describeScalar(ordinal: number, type: Exclude<ValueType, "ref">): string {
    const { range }: ScalarRange = this.#argumentTypes[ordinal] ??
      SCALARS[type];
    const declared = this.signature?.inputs[ordinal];
    return `${declared?.kind === "scalar" ? declared.type : type} (${range})`;
  }
}

/** A reference argument after its list was created. */
type MadeReference = Exclude<ReferenceArgument, ListContents>;

const NO_PRODUCERS: readonly Producer[] = [];

const NO_REFERENCES: readonly ReferenceArgument[] = [];

/** Arguments at the end of a function of the model `coarse-fences`. */
const FENCE_COUNT = 2;
