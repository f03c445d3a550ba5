import {
  byteLengthOf,
  isArrayBuffer,
  typedArrayName,
} from "../../ffi/base/typed_array.ts";
import { describeBufferView } from "../../ffi/buffer_view.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { isArray } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { DeclaredValue, TensorType } from "../signature/signature.ts";
import {
  type AnyTypedArray,
  declaredElementType,
  type ElementTypeInfo,
  isCompatible,
} from "../tensor/element_type.ts";
import { encodeTensor, fixShape } from "../tensor/encode_tensor.ts";
import { formatTensorType, type Shape } from "../tensor/shape.ts";
import {
  type EncodedTensor,
  isNdArray,
  type TensorData,
  type WantedTensor,
} from "../tensor/tensor_data.ts";

/** A tensor argument: encodes data for it, and checks buffer views. */
export class TensorArgument {
  readonly #declared: (TensorType & DeclaredValue) | undefined;
  readonly #info: ElementTypeInfo | undefined;
  readonly #shape: Shape | undefined;
  /** Creates the error for invalid values. */
  readonly refuse: (problem: string) => IreeError;
  readonly #wanted: WantedTensor;
  /** Whether it is memory for a result, with any contents. */
  readonly #isStorage: boolean;
  /** Number of the element type of an array that is passed unchanged. */
  readonly code: number;
  /** Dimensions of such an array. */
  readonly dims: Float64Array<ArrayBuffer>;

  /**
   * @param declared The declared type; undefined if the program declares
   * none.
   * @param refuse Creates the error for invalid values.
   */
  constructor(
    declared: DeclaredValue | undefined,
    refuse: (problem: string) => IreeError,
  ) {
    this.#declared = declared?.kind === "tensor" ? declared : undefined;
    this.#info = this.#declared && declaredElementType(
      this.#declared.elementType,
    );
    this.#shape = this.#declared?.shape;
    this.#isStorage = Object.hasOwn(
      this.#declared?.attributes ?? {},
      "iree.abi.output",
    );
    this.refuse = refuse;
    this.#wanted = {
      info: this.#info,
      shape: this.#shape,
      fixed: this.#info && this.#shape && fixShape(this.#shape, this.#info),
      refuse,
    };
    this.code = this.#info?.code ?? 0;
    this.dims = this.#wanted.fixed?.dims ?? NO_DIMS;
  }

  /** What the argument accepts, for messages. */
  get description(): string {
    if (this.#declared === undefined) {
      return "a reference (an object of the VM, null, or a tensor's data with " +
        "elementType and shape)";
    }
    return `a tensor ${this.#type} (a BufferView, an array of the class for ` +
      "its elements, or nested arrays)";
  }

  /**
   * Whether a value is data for the tensor: any data if the function declares a
   * tensor, otherwise data with a type and a shape of its own.
   */
  takesData(value: unknown): value is TensorData {
    if (isNdArray(value)) return true;
    return this.#declared !== undefined &&
      (typeof value === "number" || typeof value === "bigint" ||
        typeof value === "boolean" || isArray(value) ||
        typedArrayName(value) !== undefined || isArrayBuffer(value));
  }

  /**
   * Whether an array can be passed unchanged, without encoding: the common
   * case.
   */
  takesAsItIs(value: unknown): value is AnyTypedArray {
    const { info, fixed } = this.#wanted;
    if (info === undefined || fixed === undefined || info.name === "i1") {
      return false;
    }
    const name = typedArrayName(value);
    return name !== undefined && info.arrays.includes(name) &&
      byteLengthOf(value, this.refuse) === fixed.byteLength;
  }

  /** Rejects null if the function declares a tensor. */
  checkNull(): void {
    if (this.#declared === undefined) return;
    throw this.refuse(`must be a tensor ${this.#type}, got null`);
  }

  /** Creates the tensor; throws INVALID_ARGUMENT when the data does not fit. */
  encode(data: TensorData): EncodedTensor {
    if (this.#declared !== undefined && this.#info === undefined) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `elements of type ${this.#declared.elementType} cannot be encoded; ` +
          "pass a BufferView",
      );
    }
    return encodeTensor(data, this.#wanted);
  }

  /**
   * Rejects a view of the wrong element type or shape, in IREE's words. Storage
   * for a result may have any type and shape; the program rejects storage that is
   * too small.
   */
  check(view: Handle): void {
    // Type and shape of a view never change.
    if (view.fits === this) return;
    if (this.#info === undefined || this.#shape === undefined) return;
    if (this.#isStorage) return;
    const { elementType, shape } = describeBufferView(view);
    // IREE accepts opaque elements for any type.
    if (elementType.startsWith("*")) return;
    const problem = elementTypeProblem(elementType, this.#info) ??
      shapeProblem(shape, this.#shape);
    if (problem === undefined) {
      view.fits = this;
      return;
    }
    throw this.refuse(
      `${problem}; the tensor must be ${this.#type}, got ` +
        formatTensorType(shape, elementType),
    );
  }

  get #type(): string {
    return formatTensorType(
      this.#shape ?? [],
      this.#declared?.elementType ?? "",
    );
  }
}

const NO_DIMS = new Float64Array();

function elementTypeProblem(
  given: string,
  wanted: ElementTypeInfo,
): string | undefined {
  const info = declaredElementType(given);
  return info !== undefined && isCompatible(info, wanted)
    ? undefined
    : `element type mismatch; expected ${wanted.name} but have ${given}`;
}

function shapeProblem(
  given: readonly number[],
  wanted: Shape,
): string | undefined {
  if (given.length !== wanted.length) {
    return `shape rank mismatch; expected ${formatRank(wanted)} but have ` +
      formatRank(given);
  }
  const axis = wanted.findIndex((dim, at) => dim !== null && dim !== given[at]);
  return axis < 0
    ? undefined
    : `shape dimension ${axis} mismatch; expected ${wanted[axis]} but have ` +
      given[axis];
}

function formatRank({ length }: Shape): string {
  return length === 0 ? "0 (scalar)" : `${length}`;
}
