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
import {
  type AnyTypedArray,
  type ElementTypeInfo,
  elementTypeOfCode,
} from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import type { DeclaredScalar } from "../tensor/scalar.ts";
import type { FunctionDescription } from "../vm/module.ts";
import { type Value, wrapObject } from "../vm/value.ts";
import type { CallResult, Computed } from "./argument.ts";
import type { CallFrame } from "./call_frame.ts";

/** Reads the results of a function's calls. */
export class ResultReader {
  readonly #description: FunctionDescription;
  readonly #slots: readonly Slot[];
  readonly #types: readonly (DeclaredScalar | undefined)[];
  readonly #elementTypes: (ElementTypeInfo | undefined)[];

  constructor(
    description: FunctionDescription,
    slots: readonly Slot[],
    types: readonly (DeclaredScalar | undefined)[],
  ) {
    this.#description = description;
    this.#slots = slots;
    this.#types = types;
    this.#elementTypes = slots.map(() => undefined);
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
  read(context: Handle, call: CallFrame): CallResult {
    const slots = this.#slots;
    if (slots.length === 0) return undefined;
    if (slots.length === 1) return this.#readResult(context, call, 0, slots[0]);
    const values: Value[] = [];
    try {
      for (let ordinal = 0; ordinal < slots.length; ordinal++) {
        const slot = slots[ordinal];
        values.push(this.#readResult(context, call, ordinal, slot));
      }
    } catch (error) {
      disposeAll(values);
      throw error;
    }
    return values;
  }

  /**
   * Reads the results of a call, tensors into arrays: those that are given, or
   * new ones.
   */
  compute<Target extends AnyTypedArray = never>(
    context: Handle,
    call: CallFrame,
    targets: readonly (Target | undefined)[],
  ): (Computed | Target)[] {
    const slots = this.#slots;
    const computed: (Computed | Target)[] = [];
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
      disposeAll(computed);
      throw error;
    }
    return computed;
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
        return results.i64[offset >> 3];
      case "f64":
        return results.f64[offset >> 3];
      case "f32":
        return results.f32[offset >> 2];
      default: {
        const value = results.i32[offset >> 2];
        return this.#types[ordinal]?.decode(value) ?? value;
      }
    }
  }

  #readComputed<Target extends AnyTypedArray>(
    context: Handle,
    call: CallFrame,
    ordinal: number,
    slot: Slot,
    target: Target | undefined,
  ): Computed | Target {
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

  #checkTarget<Target extends AnyTypedArray>(
    ordinal: number,
    code: number,
    byteLength: number,
    target: Target,
  ): Target {
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
    if (length === byteLength) return target;
    throw this.#wrongTarget(
      ordinal,
      `it has ${byteLength} bytes, the array for it ${length}`,
    );
  }

  #elementType(ordinal: number, code: number): ElementTypeInfo {
    // Nearly always the one of the last call.
    const last = this.#elementTypes[ordinal];
    if (last !== undefined && last.code === code) return last;
    const info = elementTypeOfCode(code);
    if (info !== undefined) return this.#elementTypes[ordinal] = info;
    throw new IreeError(
      "UNIMPLEMENTED",
      `result ${ordinal} of '${this.#description.name}' has elements that no ` +
        "array has; VmFunction.call gives it as a BufferView",
    );
  }

  #noTensor(ordinal: number): IreeError {
    return this.#wrongTarget(ordinal, "it is no tensor; give undefined for it");
  }

  #wrongTarget(ordinal: number, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `result ${ordinal} of '${this.#description.name}': ${problem}`,
      { hint: declarationHint(this.#description) },
    );
  }
}

// What was read before something failed, which nobody is going to have.
function disposeAll(values: readonly unknown[]): void {
  for (const value of values) {
    if (value instanceof NativeObject) value.dispose();
  }
}

// What native code tells of a reference without handing it out: its kind, and of
// a buffer view the element type and the length in bytes.

function kindOf({ i32 }: CallBuffer, { offset }: Slot): number {
  return i32[offset >> 2];
}

function codeOf({ i32 }: CallBuffer, { offset }: Slot): number {
  return i32[(offset >> 2) + 1];
}

function lengthOf({ f64 }: CallBuffer, { offset }: Slot): number {
  return f64[(offset >> 3) + 1];
}

/**
 * The declaration of a function, for the hint of an error.
 *
 * @param description What its module tells of it.
 */
export function declarationHint(
  { attributes }: FunctionDescription,
): string | undefined {
  const declaration = attributes["iree.abi.declaration"];
  return declaration && `the function is declared as \`${declaration}\``;
}
