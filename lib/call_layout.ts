import {
  CallBuffer,
  readCallTensor,
  setCallReference,
  setCallTensor,
  takeCallReference,
} from "../ffi/call.ts";
import { type Handle, Kind } from "../ffi/handle.ts";
import type { TypedHandle } from "../ffi/reference.ts";
import { byteLengthOf, typedArrayName } from "../ffi/text.ts";
import { BufferView } from "./buffer_view.ts";
import {
  parseCallingConvention,
  type Slot,
  type SlotType,
} from "./calling_convention.ts";
import {
  type ElementTypeInfo,
  elementTypeOfCode,
  type TypedArray,
} from "./element_type.ts";
import { IreeError } from "./error.ts";
import type { FunctionDescription } from "./module.ts";
import { NativeObject } from "./native_object.ts";
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
import { arrayFor, type EncodedTensor, type TensorData } from "./tensor.ts";
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
 * What a reference is passed as: an array that needs nothing more, a new tensor,
 * an object, or null.
 */
export type ReferenceArgument =
  | TypedArray
  | EncodedTensor
  | TypedHandle
  | null;

/** A result of a computation: tensors are arrays. */
export type Computed = TypedArray | Value;

/** A call that is being made: its native object and the values that cross. */
export interface PreparedCall {
  readonly handle: Handle;
  readonly arguments: CallBuffer;
  readonly results: CallBuffer;
}

/** Checks and writes the arguments of a function, and reads its results. */
export class CallLayout {
  /** What its module tells of the function. */
  readonly description: FunctionDescription;
  /** Inputs and outputs as the program's author wrote them. */
  readonly signature: Signature | undefined;
  /** Whether the function takes fences, which the call sees to. */
  readonly takesFences: boolean;
  readonly #argumentSlots: readonly Slot[];
  readonly #resultSlots: readonly Slot[];
  readonly #argumentsLength: number;
  readonly #resultsLength: number;
  readonly #argumentTypes: readonly (DeclaredScalar | undefined)[];
  readonly #resultTypes: readonly (DeclaredScalar | undefined)[];
  readonly #tensors: readonly TensorParameter[];
  readonly #takesReferences: boolean;

  /** Throws UNIMPLEMENTED for a function that cannot be called from here. */
  constructor(description: FunctionDescription) {
    const convention = parseCallingConvention(description.callingConvention);
    this.description = description;
    this.signature = parseSignature(
      description.attributes["iree.abi.declaration"] ?? "",
      description.name,
    );
    this.takesFences =
      description.attributes["iree.abi.model"] === "coarse-fences";
    this.#argumentSlots = convention.arguments.slots.slice(
      0,
      this.takesFences ? -FENCE_COUNT : undefined,
    );
    this.#resultSlots = convention.results.slots;
    this.#argumentsLength = convention.arguments.byteLength;
    this.#resultsLength = convention.results.byteLength;
    const { inputs = [], outputs = [] } = this.signature ?? {};
    this.#argumentTypes = inputs.map(declaredScalar);
    this.#resultTypes = outputs.map(declaredScalar);
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

  /** Types of the arguments in order. */
  get argumentTypes(): readonly SlotType[] {
    return this.#argumentSlots.map(({ type }) => type);
  }

  /** Types of the results in order. */
  get resultTypes(): readonly SlotType[] {
    return this.#resultSlots.map(({ type }) => type);
  }

  /** Makes room for the values of a call. */
  prepare(handle: Handle): PreparedCall {
    return {
      handle,
      arguments: new CallBuffer(this.#argumentsLength),
      results: new CallBuffer(this.#resultsLength),
    };
  }

  /**
   * Reads what is passed for references. This can run code of the caller's,
   * even a call of this function, so nothing is written before all is read.
   */
  readReferences(values: readonly Argument[]): readonly ReferenceArgument[] {
    const slots = this.#argumentSlots;
    if (values.length !== slots.length) throw this.#wrongCount(values.length);
    if (!this.#takesReferences) return NO_REFERENCES;
    const references: ReferenceArgument[] = [];
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      references.push(
        slots[ordinal].type === "ref"
          ? this.#readReference(ordinal, values[ordinal])
          : null,
      );
    }
    return references;
  }

  /**
   * Writes the arguments of a call. Scalars that do not fit are refused before
   * native code is given anything.
   */
  write(
    context: Handle,
    call: PreparedCall,
    values: readonly Argument[],
    references: readonly ReferenceArgument[],
  ): void {
    const slots = this.#argumentSlots;
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      const slot = slots[ordinal];
      if (slot.type !== "ref") {
        this.#writeScalar(call.arguments, ordinal, slot, values[ordinal]);
      }
    }
    if (this.#takesReferences) this.#setReferences(context, call, references);
  }

  /** Reads the results of a call; objects in them are the caller's. */
  read(context: Handle, call: PreparedCall): CallResult {
    const slots = this.#resultSlots;
    if (slots.length === 0) return undefined;
    if (slots.length === 1) return this.#readResult(context, call, 0, slots[0]);
    return slots.map((slot, ordinal) =>
      this.#readResult(context, call, ordinal, slot)
    );
  }

  /**
   * Reads the results of a call, tensors into arrays: those that are given, or
   * new ones.
   */
  compute(
    context: Handle,
    call: PreparedCall,
    targets: readonly (TypedArray | undefined)[],
  ): Computed[] {
    const slots = this.#resultSlots;
    const computed: Computed[] = [];
    try {
      for (let ordinal = 0; ordinal < slots.length; ordinal++) {
        computed.push(
          this.#readComputed(
            context,
            call,
            ordinal,
            slots[ordinal],
            targets[ordinal],
          ),
        );
      }
    } catch (error) {
      for (const value of computed) {
        if (value instanceof NativeObject) value.dispose();
      }
      throw error;
    }
    return computed;
  }

  #readReference(ordinal: number, value: Argument): ReferenceArgument {
    if (value === null) return null;
    const parameter = this.#tensors[ordinal];
    if (parameter.takesAsItIs(value)) return value;
    if (parameter.takesData(value)) return parameter.encode(value);
    const object = unwrapObject(value);
    if (object === undefined) throw this.#wrongType(ordinal, value);
    if (value instanceof BufferView) parameter.check(value);
    return object;
  }

  #writeScalar(
    { i32, i64, f32, f64 }: CallBuffer,
    ordinal: number,
    { type, offset }: Slot,
    value: Argument,
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

  // Only once all values are known to be good: native code keeps the objects
  // until the call is made.
  #setReferences(
    context: Handle,
    call: PreparedCall,
    references: readonly ReferenceArgument[],
  ): void {
    const slots = this.#argumentSlots;
    for (let ordinal = 0; ordinal < slots.length; ordinal++) {
      if (slots[ordinal].type !== "ref") continue;
      const reference = references[ordinal];
      if (isTypedArray(reference)) {
        const { code, dims } = this.#tensors[ordinal];
        setCallTensor(call.handle, ordinal, code, dims, reference);
      } else if (reference !== null && "bytes" in reference) {
        const { code, dims, bytes } = reference;
        setCallTensor(call.handle, ordinal, code, dims, bytes);
      } else {
        setCallReference(context, call.handle, ordinal, reference);
      }
    }
  }

  #readResult(
    context: Handle,
    call: PreparedCall,
    ordinal: number,
    slot: Slot,
  ): Value {
    if (slot.type !== "ref") return this.#readScalar(call, ordinal, slot);
    const description = describeReference(call.results, slot);
    if (description === undefined) return null;
    const { kind, code, byteLength } = description;
    const taken = takeCallReference(context, call.handle, ordinal, kind);
    return kind === Kind.bufferView
      ? new BufferView(taken.handle, code, byteLength)
      : wrapObject(taken);
  }

  #readScalar(
    { results }: PreparedCall,
    ordinal: number,
    { type, offset }: Slot,
  ): number | bigint {
    switch (type) {
      case "i64":
        return results.i64[offset >> 3];
      case "f64":
        return results.f64[offset >> 3];
      case "f32":
        return results.f32[offset >> 2];
      default: {
        const value = results.i32[offset >> 2];
        return this.#resultTypes[ordinal]?.decode(value) ?? value;
      }
    }
  }

  #readComputed(
    context: Handle,
    call: PreparedCall,
    ordinal: number,
    slot: Slot,
    target: TypedArray | undefined,
  ): Computed {
    const description = slot.type === "ref"
      ? describeReference(call.results, slot)
      : undefined;
    if (description?.kind !== Kind.bufferView) {
      if (target !== undefined) throw this.#noTensor(ordinal);
      return this.#readResult(context, call, ordinal, slot);
    }
    const { code, byteLength } = description;
    const array = target === undefined
      ? arrayFor(this.#elementType(ordinal, code), byteLength)
      : this.#checkTarget(ordinal, code, byteLength, target);
    readCallTensor(call.handle, ordinal, array);
    return array;
  }

  #checkTarget(
    ordinal: number,
    code: number,
    byteLength: number,
    target: TypedArray,
  ): TypedArray {
    const { name, arrays } = this.#elementType(ordinal, code);
    const given = typedArrayName(target);
    if (given === undefined || !arrays.includes(given)) {
      throw this.#wrongTarget(
        ordinal,
        `elements of type ${name} go into ${arrays.join(" or ")}, not into ` +
          (given ?? typeof target),
      );
    }
    const length = byteLengthOf(target);
    if (length === byteLength) return target;
    throw this.#wrongTarget(
      ordinal,
      `it has ${byteLength} bytes, the array for it ${length}`,
    );
  }

  #elementType(ordinal: number, code: number): ElementTypeInfo {
    const info = elementTypeOfCode(code);
    if (info !== undefined) return info;
    throw new IreeError(
      "UNIMPLEMENTED",
      `result ${ordinal} of '${this.description.name}' has elements that no ` +
        "array has; VmFunction.call gives it as a BufferView",
    );
  }

  #noTensor(ordinal: number): IreeError {
    return this.#wrongTarget(ordinal, "it is no tensor; give undefined for it");
  }

  #wrongTarget(ordinal: number, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `result ${ordinal} of '${this.description.name}': ${problem}`,
      { hint: this.#declarationHint },
    );
  }

  #wrongCount(count: number): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `input list and function mismatch; expected ` +
        `${this.#argumentSlots.length} arguments but passed ${count} ` +
        `to '${this.description.name}'`,
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
      `argument ${ordinal} of '${this.description.name}': wanted ${wanted}, given ` +
        describeValue(value),
      { hint: this.#declarationHint },
    );
  }

  #refused(ordinal: number, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `argument ${ordinal} of '${this.description.name}': input${ordinal} ${problem}`,
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

function isTypedArray(reference: ReferenceArgument): reference is TypedArray {
  return typedArrayName(reference) !== undefined;
}

/** What native code tells of a reference without handing it out. */
function describeReference(
  { i32, f64 }: CallBuffer,
  { offset }: Slot,
): { kind: number; code: number; byteLength: number } | undefined {
  const kind = i32[offset >> 2];
  if (kind === Kind.null) return undefined;
  const code = i32[(offset >> 2) + 1];
  return { kind, code, byteLength: f64[(offset >> 3) + 1] };
}

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
