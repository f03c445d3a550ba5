import { viewOf } from "../../ffi/base/intrinsics.ts";
import { byteLengthOf, typedArrayName } from "../../ffi/base/typed_array.ts";
import {
  type CallBuffer,
  readCallTensor,
  takeCallReference,
} from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { IreeError } from "../base/error.ts";
import { NativeObject } from "../base/native_object.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Slot, ValueType } from "../signature/calling_convention.ts";
import { declaredScalar } from "../signature/declared_scalar.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import {
  type AnyTypedArray,
  declaredElementType,
  type ElementTypeInfo,
  elementTypeInfo,
  elementTypeOfCode,
  isCompatible,
  type TypedArray,
} from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import { ndArray } from "../tensor/nd_array.ts";
import type { DeclaredScalar } from "../tensor/scalar.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import type { FunctionDescription } from "../vm/module.ts";
import { type Value, wrapObject } from "../vm/value.ts";
import type { FlatComputed, FlatResult } from "./argument.ts";
import type { CallFrame } from "./call_frame.ts";

/** Reads the results of a function's calls. */
export class ResultReader {
  readonly #description: FunctionDescription;
  readonly #slots: readonly Slot[];
  readonly #outputs: readonly DeclaredValue[];
  readonly #types: readonly (DeclaredScalar | undefined)[];
  readonly #elementTypes: (ElementTypeInfo | undefined)[];
  readonly #lastCodes: number[] = [];
  readonly #declared: readonly (ElementTypeInfo | undefined)[];

  constructor(
    description: FunctionDescription,
    slots: readonly Slot[],
    outputs: readonly DeclaredValue[],
  ) {
    this.#description = description;
    this.#slots = slots;
    this.#outputs = outputs;
    this.#types = outputs.map(declaredScalar);
    this.#elementTypes = slots.map(() => undefined);
    this.#declared = outputs.map((it) =>
      it.kind === "tensor" ? declaredElementType(it.elementType) : undefined
    );
  }

  /** Types of the results in order. */
  get types(): readonly ValueType[] {
    return this.#slots.map(({ type }) => type);
  }

  /** Number of results. */
  get count(): number {
    return this.#slots.length;
  }

  /** Reads the results of a call; objects in them are the caller's. */
  read(context: Handle, call: CallFrame): FlatResult {
    const slots = this.#slots;
    if (slots.length === 0) return undefined;
    if (slots.length === 1) {
      return this.#readResult(context, call, 0, slots[0]!);
    }
    const values: Value[] = [];
    try {
      for (let ordinal = 0; ordinal < slots.length; ordinal++) {
        const slot = slots[ordinal]!;
        values.push(this.#readResult(context, call, ordinal, slot));
      }
    } catch (error) {
      disposeAll(values);
      throw error;
    }
    return values;
  }

  /**
   * Reads the results of a call, tensors into the caller's arrays or into new
   * ones.
   */
  compute(
    context: Handle,
    call: CallFrame,
    targets: readonly (AnyTypedArray | undefined)[],
  ): FlatComputed[] {
    const slots = this.#slots;
    const computed: FlatComputed[] = [];
    try {
      for (let ordinal = 0; ordinal < slots.length; ordinal++) {
        computed.push(
          this.#readComputed(
            context,
            call,
            ordinal,
            slots[ordinal]!,
            targets[ordinal],
          ),
        );
      }
    } catch (error) {
      disposeAll(computed);
      throw error;
    }
    return computed;
  }

  /**
   * The same with tensors as `NdArray`, and scalars as tensors without
   * dimensions.
   */
  readArrays(
    context: Handle,
    call: CallFrame,
    targets: readonly (AnyTypedArray | undefined)[],
  ): (NdArray | Value)[] {
    const arrays: (NdArray | Value)[] = [];
    try {
      for (const [ordinal, slot] of this.#slots.entries()) {
        const target = targets[ordinal];
        arrays.push(this.#readArray(context, call, ordinal, slot, target));
      }
    } catch (error) {
      disposeAll(arrays);
      throw error;
    }
    return arrays;
  }

  #readArray(
    context: Handle,
    call: CallFrame,
    ordinal: number,
    slot: Slot,
    target: AnyTypedArray | undefined,
  ): NdArray | Value {
    const result = this.#readResult(context, call, ordinal, slot);
    if (typeof result === "number" || typeof result === "bigint") {
      if (target !== undefined) throw this.#noTensor(ordinal);
      return this.#scalarArray(ordinal, slot, result);
    }
    if (!(result instanceof BufferView)) {
      if (target === undefined) return result;
      result?.dispose();
      throw this.#noTensor(ordinal);
    }
    using view = result;
    const code = codeOf(call.results, slot);
    const signed = this.#signedType(ordinal, elementTypeOfCode(code));
    if (target === undefined && signed === undefined) return view.toNdArray();
    const { elementType, shape, byteLength } = view;
    const data = target === undefined
      ? arrayFor(this.#elementType(ordinal, code), byteLength)
      : this.#checkTarget(ordinal, code, byteLength, target);
    view.read(data);
    return ndArray(signed?.name ?? elementType, shape, data);
  }

  #scalarArray(
    ordinal: number,
    { type }: Slot,
    value: number | bigint,
  ): NdArray {
    const declared = this.#outputs[ordinal];
    const name = declared?.kind === "scalar" ? declared.type : type;
    const info = declaredElementType(name) ?? elementTypeInfo(type);
    const data = arrayFor(info, info.bitCount / 8);
    info.codec?.write(viewOf(data.buffer), 0, value);
    return ndArray(info.name, [], data);
  }

  #readResult(
    context: Handle,
    call: CallFrame,
    ordinal: number,
    slot: Slot,
  ): Value {
    if (slot.type !== "ref") return this.#readScalar(call, ordinal, slot);
    const { handle, results } = call;
    const kind = kindOf(results, slot);
    if (kind === Kind.null) return null;
    const taken = takeCallReference(context, handle, ordinal, kind);
    return kind === Kind.bufferView
      ? new BufferView(taken, codeOf(results, slot), lengthOf(results, slot))
      : wrapObject(taken);
  }

  #readScalar(
    { results }: CallFrame,
    ordinal: number,
    { type, offset }: Slot,
  ): number | bigint {
    switch (type) {
      case "i64":
        return results.i64[offset >> 3]!;
      case "f64":
        return results.f64[offset >> 3]!;
      case "f32":
        return results.f32[offset >> 2]!;
      default: {
        const value = results.i32[offset >> 2]!;
        return this.#types[ordinal]?.decode(value) ?? value;
      }
    }
  }

  #readComputed(
    context: Handle,
    call: CallFrame,
    ordinal: number,
    slot: Slot,
    target: AnyTypedArray | undefined,
  ): FlatComputed {
    const { results } = call;
    if (slot.type !== "ref" || kindOf(results, slot) !== Kind.bufferView) {
      if (target !== undefined) throw this.#noTensor(ordinal);
      return this.#readResult(context, call, ordinal, slot);
    }
    const code = codeOf(results, slot);
    const byteLength = lengthOf(results, slot);
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
    target: AnyTypedArray,
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
    const length = byteLengthOf(
      target,
      (problem) => this.#wrongTarget(ordinal, `the array for it ${problem}`),
    );
    // The caller gets its own array back, whatever memory it is over.
    if (length === byteLength) return target as TypedArray;
    throw this.#wrongTarget(
      ordinal,
      `it has ${byteLength} bytes, the array for it ${length}`,
    );
  }

  #elementType(ordinal: number, code: number): ElementTypeInfo {
    // Nearly always the same as in the last call.
    const last = this.#elementTypes[ordinal];
    if (last !== undefined && this.#lastCodes[ordinal] === code) return last;
    const found = elementTypeOfCode(code);
    const info = this.#signedType(ordinal, found) ?? found;
    if (info !== undefined) {
      this.#lastCodes[ordinal] = code;
      return this.#elementTypes[ordinal] = info;
    }
    throw new IreeError(
      "UNIMPLEMENTED",
      `result ${ordinal} of '${this.#description.name}' has elements that no ` +
        "array has; VmFunction.call gives it as a BufferView",
    );
  }

  // Compiled programs have integers without signs; declarations can have them.
  #signedType(
    ordinal: number,
    info: ElementTypeInfo | undefined,
  ): ElementTypeInfo | undefined {
    const declared = this.#declared[ordinal];
    return info !== undefined && declared !== undefined && info !== declared &&
        info.name !== "i1" && info.name.startsWith("i") &&
        isCompatible(info, declared)
      ? declared
      : undefined;
  }

  #noTensor(ordinal: number): IreeError {
    return this.#wrongTarget(
      ordinal,
      "it is not a tensor; pass undefined for it",
    );
  }

  #wrongTarget(ordinal: number, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `result ${ordinal} of '${this.#description.name}': ${problem}`,
      { hint: declarationHint(this.#description) },
    );
  }
}

// Values read before a failure, which the caller never receives.
function disposeAll(values: readonly unknown[]): void {
  for (const value of values) {
    if (value instanceof NativeObject) value.dispose();
  }
}

// Native code describes a reference without handing it out: its kind, and for a
// buffer view the element type and the length in bytes.

function kindOf({ i32 }: CallBuffer, { offset }: Slot): number {
  return i32[offset >> 2]!;
}

function codeOf({ i32 }: CallBuffer, { offset }: Slot): number {
  return i32[(offset >> 2) + 1]!;
}

function lengthOf({ f64 }: CallBuffer, { offset }: Slot): number {
  return f64[(offset >> 3) + 1]!;
}

/**
 * The declaration of a function, for the hint of an error.
 *
 * @param description Its description by its module.
 */
export function declarationHint(
  { attributes }: FunctionDescription,
): string | undefined {
  const declaration = attributes["iree.abi.declaration"];
  return declaration && `the function is declared as \`${declaration}\``;
}
