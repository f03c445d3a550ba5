import { viewOf } from "../../ffi/base/intrinsics.ts";
import {
  type CallBuffer,
  readCallTensor,
  takeCallReference,
} from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { NativeObject } from "../base/native_object.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Slot, ValueType } from "../signature/calling_convention.ts";
import { declaredScalar } from "../signature/declared_scalar.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import {
  type AnyTypedArray,
  declaredElementType,
  elementTypeInfo,
} from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import { ndArray } from "../tensor/nd_array.ts";
import type { DeclaredScalar } from "../tensor/scalar.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import type { FunctionDescription } from "../vm/module.ts";
import { type Value, wrapObject } from "../vm/value.ts";
import type { FlatComputed, FlatResult } from "./argument.ts";
import type { CallFrame } from "./call_frame.ts";
import { ResultArrays } from "./result_arrays.ts";

/** Reads the results of a function's calls. */
export class ResultReader {
  readonly #slots: readonly Slot[];
  readonly #outputs: readonly DeclaredValue[];
  readonly #types: readonly (DeclaredScalar | undefined)[];
  readonly #arrays: ResultArrays;

  constructor(
    description: FunctionDescription,
    slots: readonly Slot[],
    outputs: readonly DeclaredValue[],
  ) {
    this.#slots = slots;
    this.#outputs = outputs;
    this.#types = outputs.map(declaredScalar);
    this.#arrays = new ResultArrays(description, outputs);
  }

  /** Types of the results in order. */
  get types(): readonly ValueType[] {
    return this.#slots.map(({ type }) => type);
  }

  /** Number of results. */
  get count(): number {
    return this.#slots.length;
  }

  /** Reads the results of a call; the caller owns objects in them. */
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
      if (target !== undefined) throw this.#arrays.noTensor(ordinal);
      return this.#scalarArray(ordinal, slot, result);
    }
    if (!(result instanceof BufferView)) {
      if (target === undefined) return result;
      result?.dispose();
      throw this.#arrays.noTensor(ordinal);
    }
    using view = result;
    const code = codeOf(call.results, slot);
    const declared = this.#arrays.declaredType(ordinal, code);
    if (target === undefined && declared === undefined) return view.toNdArray();
    const { elementType, shape, byteLength } = view;
    const data = target === undefined
      ? this.#arrays.create(ordinal, code, byteLength)
      : this.#arrays.check(ordinal, code, byteLength, target);
    view.read(data);
    return ndArray(declared?.name ?? elementType, shape, data);
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
      if (target !== undefined) throw this.#arrays.noTensor(ordinal);
      return this.#readResult(context, call, ordinal, slot);
    }
    const code = codeOf(results, slot);
    const byteLength = lengthOf(results, slot);
    const array = target === undefined
      ? this.#arrays.create(ordinal, code, byteLength)
      : this.#arrays.check(ordinal, code, byteLength, target);
    readCallTensor(call.handle, ordinal, array);
    return array;
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
