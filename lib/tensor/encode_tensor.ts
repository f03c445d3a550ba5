import { arrayOf } from "../../ffi/base/intrinsics.ts";
import {
  byteLengthOf,
  contentsOf,
  isArrayBuffer,
  typedArrayName,
} from "../../ffi/base/typed_array.ts";
import { allocateArray } from "../base/allocate.ts";
import { isArray, isInteger } from "../base/checks.ts";
import { describeNumber, withArticle } from "../base/message_values.ts";
import {
  type AnyTypedArray,
  defaultElementType,
  type ElementTypeInfo,
  elementTypeInfo,
  isCompatible,
  type TypedArray,
} from "./element_type.ts";
import { encodeNested } from "./nested_array.ts";
import { formatShape, MAX_RANK, type Shape, sizeOfShape } from "./shape.ts";
import {
  type EncodedTensor,
  type FixedShape,
  isNdArray,
  type NdArray,
  type NestedArray,
  type TensorData,
  type WantedTensor,
} from "./tensor_data.ts";

/**
 * Creates a tensor from data. Arrays are not copied. Only numbers in nested
 * arrays are converted; they must fit.
 *
 * @param data The data.
 * @param wanted The requirements.
 */
export function encodeTensor(
  data: TensorData,
  wanted: WantedTensor,
): EncodedTensor {
  const arrayName = typedArrayName(data);
  if (arrayName !== undefined) {
    return encodeArray(data as AnyTypedArray, arrayName, wanted);
  }
  if (isNdArray(data)) return encodeNdArray(data, wanted);
  if (isArrayBuffer(data)) return encodeBuffer(data, wanted);
  const { info, shape, refuse } = wanted;
  if (info === undefined) {
    throw refuse(
      isArray(data) || /^(number|bigint|boolean)$/.test(typeof data)
        ? "must have an element type: numbers do not imply one; pass elementType"
        : `must be an array or numbers, got ${describeNumber(data)}`,
    );
  }
  return encodeNested(data as NestedArray, info, shape, refuse);
}

function encodeBuffer(data: ArrayBuffer, wanted: WantedTensor): EncodedTensor {
  const { info, refuse } = wanted;
  if (info === undefined) {
    throw refuse("is an ArrayBuffer, which has no element type; pass one");
  }
  const size = info.array.BYTES_PER_ELEMENT;
  if (data.byteLength % size !== 0) {
    throw refuse(
      `has ${data.byteLength} bytes, which are not whole elements of type ` +
        info.name,
    );
  }
  const array = new info.array(data);
  return encodeArray(array, info.array.name, wanted);
}

function encodeNdArray(
  ndArray: NdArray<AnyTypedArray>,
  wanted: WantedTensor,
): EncodedTensor {
  // Each property is read once: a getter can return another value next time.
  const { elementType, shape: givenShape, data } = ndArray;
  const given = elementTypeInfo(elementType);
  const { info, shape, refuse } = wanted;
  if (info !== undefined && !isCompatible(given, info)) {
    throw refuse(`must have element type ${info.name}, got ${given.name}`);
  }
  const dims = checkShape(givenShape, refuse);
  if (shape !== undefined && !fitsShape(dims, shape)) {
    throw refuse(
      `must have shape ${formatShape(shape)}, got ${formatShape(dims)}`,
    );
  }
  const arrayName = typedArrayName(data);
  if (arrayName === undefined) throw refuse("must have a typed array as data");
  return encodeArray(data, arrayName, { info: given, shape: dims, refuse });
}

function encodeArray(
  array: AnyTypedArray,
  arrayName: string,
  wanted: WantedTensor,
): EncodedTensor {
  const { refuse } = wanted;
  const info = wanted.info ?? defaultElementType(arrayName);
  if (info === undefined) {
    throw refuse(
      `is ${withArticle(arrayName)}, which does not imply an element type`,
    );
  }
  if (!info.arrays.includes(arrayName)) {
    throw refuse(
      `is ${withArticle(arrayName)}, which has no elements of type ` +
        `${info.name}; pass ${info.arrays.map(withArticle).join(" or ")}`,
    );
  }
  const byteLength = byteLengthOf(array, refuse);
  const { shape = VECTOR, fixed } = wanted;
  const dims = fixed?.byteLength === byteLength
    ? fixed.dims
    : Float64Array.from(completeShape(shape, byteLength, info, refuse));
  if (info.name === "i1") checkBooleans(array, refuse);
  return { info, code: info.code, dims, bytes: array };
}

/**
 * Prepares a shape whose dimensions are all known.
 *
 * @param shape The dimensions; `null` if unknown.
 * @param info The element type.
 * @returns The shape, or `undefined` if a dimension is unknown.
 */
export function fixShape(
  shape: Shape,
  info: ElementTypeInfo,
): FixedShape | undefined {
  if (!shape.every((dim) => dim !== null)) return undefined;
  const byteLength = Math.ceil(sizeOfShape(shape) * info.bitCount / 8);
  return { dims: Float64Array.from(shape), byteLength };
}

/** The shape if none is given. */
const VECTOR: Shape = [null];

// Infers a single unknown dimension, and checks the length.
function completeShape(
  shape: Shape,
  byteLength: number,
  info: ElementTypeInfo,
  refuse: WantedTensor["refuse"],
): readonly number[] {
  const known = sizeOfShape(shape.map((dim) => dim ?? 1));
  const unknown = shape.filter((dim) => dim === null).length;
  const count = byteLength * 8 / info.bitCount;
  if (unknown === 0 && Math.ceil(known * info.bitCount / 8) === byteLength) {
    return shape as readonly number[];
  }
  if (unknown === 1 && known > 0 && Number.isInteger(count / known)) {
    return shape.map((dim) => dim ?? count / known);
  }
  const given = `has ${count} element${count === 1 ? "" : "s"}`;
  if (unknown === 0 || (unknown === 1 && known > 0)) {
    throw refuse(`${given}, not those of shape ${formatShape(shape)}`);
  }
  throw refuse(
    `${given} in one array, which does not imply the shape ` +
      `${
        formatShape(shape)
      }; pass nested arrays, an object with elementType, ` +
      "shape and data, or a BufferView",
  );
}

/**
 * Rejects bytes that are neither 0 nor 1, whose meaning is undefined.
 *
 * @param array The bytes.
 * @param refuse Creates the error.
 */
export function checkBooleans(
  array: AnyTypedArray,
  refuse: WantedTensor["refuse"],
): void {
  const bytes = contentsOf(array, refuse);
  const wrong = bytes.findIndex((value) => value > 1);
  if (wrong < 0) return;
  throw refuse(`has ${bytes[wrong]} as element ${wrong}; an i1 is 0 or 1`);
}

/**
 * Rejects invalid shapes.
 *
 * @param shape The user's shape.
 * @param refuse Creates the error.
 * @returns A copy, which cannot change after the check.
 */
export function checkShape(
  shape: unknown,
  refuse: WantedTensor["refuse"],
): readonly number[] {
  if (!isArray(shape)) throw refuse("must have an array as shape");
  if (shape.length > MAX_RANK) {
    throw refuse(`has more than ${MAX_RANK} dimensions`);
  }
  return arrayOf(shape.length, (axis) => {
    const dim = shape[axis];
    if (isInteger(dim, 0, Number.MAX_SAFE_INTEGER)) return dim;
    throw refuse(
      `has dimension ${
        describeNumber(dim)
      }, which is not a non-negative integer`,
    );
  });
}

/**
 * Returns whether a shape matches.
 *
 * @param shape The shape.
 * @param wanted Dimensions; `null` accepts any size.
 */
export function fitsShape(shape: readonly number[], wanted: Shape): boolean {
  return shape.length === wanted.length &&
    wanted.every((dim, axis) => dim === null || dim === shape[axis]);
}

/**
 * Allocates an array for elements.
 *
 * @param info The element type.
 * @param byteLength Length of the contents in bytes.
 */
export function arrayFor(
  info: ElementTypeInfo,
  byteLength: number,
): TypedArray {
  return allocateArray(info.array, byteLength / info.array.BYTES_PER_ELEMENT);
}
