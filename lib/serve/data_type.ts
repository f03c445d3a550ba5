import {
  declaredElementType,
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
} from "../tensor/element_type.ts";
import type { NdArray } from "../tensor/tensor_data.ts";

/** A data type of the Open Inference Protocol. */
export type DataType =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "BF16"
  | "FP32"
  | "FP64"
  | "BYTES";

/** A tensor whose elements are bytes of any length, such as texts. */
export interface BytesArray {
  /** Distinguishes it from numbers. */
  readonly elementType: "bytes";
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly data: readonly Uint8Array[];
}

/** A tensor of numbers as a request has it, of any alignment. */
export interface RawTensor {
  /** The element type. */
  readonly elementType: ElementType;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A tensor of a request. */
export type ModelInput = RawTensor | BytesArray;

/** A tensor of a request or an answer. */
export type ModelValue = NdArray | BytesArray;

/** An input or output of a model. */
export interface ModelTensor {
  /** Its name. */
  readonly name: string;
  /** Its element type; `bytes` for elements of any length. */
  readonly elementType: ElementType | "bytes";
  /** Dimensions, `null` where any size is accepted. */
  readonly shape: readonly (number | null)[];
}

/** Element types by data type; signless integers count as signed. */
const ELEMENTS: Readonly<Record<Exclude<DataType, "BYTES">, ElementType>> = {
  BOOL: "i1",
  UINT8: "ui8",
  UINT16: "ui16",
  UINT32: "ui32",
  UINT64: "ui64",
  INT8: "si8",
  INT16: "si16",
  INT32: "si32",
  INT64: "si64",
  FP16: "f16",
  BF16: "bf16",
  FP32: "f32",
  FP64: "f64",
};

const DATA_TYPES: ReadonlyMap<string, DataType> = new Map([
  ...Object.entries(ELEMENTS).flatMap(([dataType, elementType]) =>
    [elementType, elementType.replace(/^si/, "i")].map((it) =>
      [it, dataType as DataType] as const
    )
  ),
  ["bytes", "BYTES"],
]);

/** All data types. */
export const ALL_DATA_TYPES: readonly DataType[] = [
  ...Object.keys(ELEMENTS) as DataType[],
  "BYTES",
];

/**
 * Finds the data type of an element type.
 *
 * @param elementType The element type, or `bytes`.
 * @returns The data type; `undefined` if the protocol has none.
 */
export function dataTypeOf(elementType: string): DataType | undefined {
  return DATA_TYPES.get(elementType);
}

/**
 * Finds the element type of a declared type: scalars too, and `index` as i64.
 *
 * @param declared The type as the program declares it.
 * @returns The type; `undefined` if the protocol has none.
 */
export function servedElementType(declared: string): ElementType | undefined {
  const name = declared === "index" ? "i64" : declared;
  const info = declaredElementType(name);
  return info !== undefined && DATA_TYPES.has(info.name)
    ? info.name
    : undefined;
}

/**
 * Finds the element type that a request's data type has for an input.
 *
 * @param dataType The data type, of a request.
 * @param wanted The input's element type.
 * @returns The type; `undefined` if the input does not accept it. Signless
 * integers accept signed and unsigned ones.
 */
export function elementTypeFor(
  dataType: string,
  wanted: ElementType | "bytes",
): ElementTypeInfo | "bytes" | undefined {
  if (wanted === "bytes") return dataType === "BYTES" ? "bytes" : undefined;
  if (dataTypeOf(wanted) === dataType) return elementTypeInfo(wanted);
  const unsigned = `u${wanted}`;
  return dataTypeOf(unsigned) === dataType
    ? elementTypeInfo(unsigned)
    : undefined;
}

/**
 * Returns a tensor as an array, without a copy where the memory is aligned.
 *
 * @param tensor The tensor.
 */
export function arrayOf({ elementType, shape, bytes }: RawTensor): NdArray {
  const { array } = elementTypeInfo(elementType);
  const size = array.BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0
    ? bytes
    : bytes.slice();
  const data = new array(buffer, byteOffset, bytes.byteLength / size);
  return { elementType, shape, data };
}
