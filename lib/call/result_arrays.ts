import { byteLengthOf, typedArrayName } from "../../ffi/base/typed_array.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import {
  type AnyTypedArray,
  declaredElementType,
  type ElementTypeInfo,
  elementTypeOfCode,
  isCompatible,
  type TypedArray,
} from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import type { FunctionDescription } from "../vm/module.ts";
import { declarationHint } from "./declaration_hint.ts";

/** The arrays for a function's tensors: new ones, or the caller's. */
export class ResultArrays {
  readonly #description: FunctionDescription;
  readonly #declared: readonly (ElementTypeInfo | undefined)[];
  /** Element types of the last call's tensors, and their codes. */
  readonly #elementTypes: (ElementTypeInfo | undefined)[] = [];
  readonly #lastCodes: number[] = [];

  constructor(
    description: FunctionDescription,
    outputs: readonly DeclaredValue[],
  ) {
    this.#description = description;
    this.#declared = outputs.map((it) =>
      it.kind === "tensor" ? declaredElementType(it.elementType) : undefined
    );
  }

  /** Creates the array for a tensor. */
  create(ordinal: number, code: number, byteLength: number): TypedArray {
    return arrayFor(this.#elementType(ordinal, code), byteLength);
  }

  /** Checks that a tensor fits the caller's array, which it returns. */
  check(
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
        `the array for elements of type ${name} must be of class ` +
          `${arrays.join(" or ")}, got ${given ?? describeValue(target)}`,
      );
    }
    const length = byteLengthOf(
      target,
      (problem) => this.#wrongTarget(ordinal, `the array for it ${problem}`),
    );
    // The caller gets its own array back, over any kind of memory.
    if (length === byteLength) return target as TypedArray;
    throw this.#wrongTarget(
      ordinal,
      `the array for it must have ${byteLength} bytes, got ${length}`,
    );
  }

  #elementType(ordinal: number, code: number): ElementTypeInfo {
    // Usually the same as in the last call.
    const last = this.#elementTypes[ordinal];
    if (last !== undefined && this.#lastCodes[ordinal] === code) return last;
    const found = elementTypeOfCode(code);
    const info = this.#declaredInstead(ordinal, found) ?? found;
    if (info !== undefined) {
      this.#lastCodes[ordinal] = code;
      return this.#elementTypes[ordinal] = info;
    }
    throw new IreeError(
      "UNIMPLEMENTED",
      `result ${ordinal} of '${this.#description.name}' has elements without ` +
        "an array class; VmFunction.call returns it as a BufferView",
    );
  }

  /**
   * Returns the declared element type of a tensor if it differs from that of the
   * contents: compiled programs have integers without signs, declarations may
   * have signed ones.
   */
  declaredType(ordinal: number, code: number): ElementTypeInfo | undefined {
    return this.#declaredInstead(ordinal, elementTypeOfCode(code));
  }

  #declaredInstead(
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

  /** Creates the error for an array for a result that is not a tensor. */
  noTensor(ordinal: number): IreeError {
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
