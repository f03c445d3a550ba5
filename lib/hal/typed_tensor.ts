import type { BufferMapping } from "./buffer_mapping.ts";
import type { BufferView } from "./buffer_view.ts";
import type { ElementType } from "../tensor/element_type.ts";
import { IreeError } from "../base/error.ts";
import { formatTensorType } from "../tensor/shape.ts";
import { fitsShape } from "../tensor/encode_tensor.ts";

/**
 * The elements of one type in JavaScript.
 *
 * @typeParam Array The array that they are read into.
 * @typeParam Element What one is by itself.
 * @typeParam Arrays The arrays that they can be made from.
 * @typeParam Given What one can be made from.
 */
export interface ElementArrays<
  Array,
  Element,
  Arrays = Array,
  Given = Element,
> {
  /** The array that they are read into. */
  array: Array;
  /** What one is by itself. */
  element: Element;
  /** The arrays that they can be made from. */
  arrays: Arrays;
  /** What one can be made from. */
  given: Given;
}

/**
 * The elements of tensors in JavaScript, by the names of their types. What has
 * no array of its own there is in one of integers, by its bits.
 */
export interface TensorElements {
  /** A byte that is 0 or 1. */
  i1: ElementArrays<
    Uint8Array<ArrayBuffer>,
    number,
    Uint8Array<ArrayBuffer>,
    number | boolean
  >;
  /** 4 bits, two in a byte. */
  i4: ElementArrays<Uint8Array<ArrayBuffer>, never>;
  /** 4 bits, signed, two in a byte. */
  si4: ElementArrays<Uint8Array<ArrayBuffer>, never>;
  /** 4 bits, unsigned, two in a byte. */
  ui4: ElementArrays<Uint8Array<ArrayBuffer>, never>;
  /** 8 bits, signed or not. */
  i8: ElementArrays<
    Int8Array<ArrayBuffer>,
    number,
    Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  >;
  /** 8 bits, signed. */
  si8: ElementArrays<Int8Array<ArrayBuffer>, number>;
  /** 8 bits, unsigned. */
  ui8: ElementArrays<Uint8Array<ArrayBuffer>, number>;
  /** 16 bits, signed or not. */
  i16: ElementArrays<
    Int16Array<ArrayBuffer>,
    number,
    Int16Array<ArrayBuffer> | Uint16Array<ArrayBuffer>
  >;
  /** 16 bits, signed. */
  si16: ElementArrays<Int16Array<ArrayBuffer>, number>;
  /** 16 bits, unsigned. */
  ui16: ElementArrays<Uint16Array<ArrayBuffer>, number>;
  /** 32 bits, signed or not. */
  i32: ElementArrays<
    Int32Array<ArrayBuffer>,
    number,
    Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>
  >;
  /** 32 bits, signed. */
  si32: ElementArrays<Int32Array<ArrayBuffer>, number>;
  /** 32 bits, unsigned. */
  ui32: ElementArrays<Uint32Array<ArrayBuffer>, number>;
  /** 64 bits, signed or not. */
  i64: ElementArrays<
    BigInt64Array<ArrayBuffer>,
    bigint,
    BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>
  >;
  /** 64 bits, signed. */
  si64: ElementArrays<BigInt64Array<ArrayBuffer>, bigint>;
  /** 64 bits, unsigned. */
  ui64: ElementArrays<BigUint64Array<ArrayBuffer>, bigint>;
  /** 16 bits in IEEE's format. */
  f16: ElementArrays<Float16Array<ArrayBuffer>, number>;
  /** The upper 16 bits of an f32. */
  bf16: ElementArrays<Uint16Array<ArrayBuffer>, number>;
  /** 32 bits in IEEE's format. */
  f32: ElementArrays<Float32Array<ArrayBuffer>, number>;
  /** 64 bits in IEEE's format. */
  f64: ElementArrays<Float64Array<ArrayBuffer>, number>;
  /** Two f32, the real part first. */
  cf64: ElementArrays<Float32Array<ArrayBuffer>, readonly [number, number]>;
  /** Two f64, the real part first. */
  cf128: ElementArrays<Float64Array<ArrayBuffer>, readonly [number, number]>;
  /** 8 bits: 5 of exponent, 2 of mantissa. */
  f8E5M2: ElementArrays<Uint8Array<ArrayBuffer>, number>;
  /** 8 bits: 4 of exponent, 3 of mantissa. */
  f8E4M3FN: ElementArrays<Uint8Array<ArrayBuffer>, number>;
  /** As `f8E5M2`, with one zero and one NaN. */
  f8E5M2FNUZ: ElementArrays<Uint8Array<ArrayBuffer>, number>;
  /** As `f8E4M3FN`, with one zero and one NaN. */
  f8E4M3FNUZ: ElementArrays<Uint8Array<ArrayBuffer>, number>;
  /** 8 bits of exponent. */
  f8E8M0FNU: ElementArrays<Uint8Array<ArrayBuffer>, number>;
}

/** Dimensions, outermost first; `number` where one is known at run time only. */
export type TensorShape = readonly number[];

/**
 * A buffer view whose element type and shape the compiler knows. At run time it
 * is a buffer view like any other.
 *
 * @typeParam Element Name of the element type.
 * @typeParam Shape The dimensions, such as `readonly [4, number]`.
 */
export type Tensor<Element extends ElementType, Shape extends TensorShape> =
  & TensorMembers<Element, Shape>
  & BufferView;

/** What is known better of a tensor than of any buffer view. */
export interface TensorMembers<
  Element extends ElementType,
  Shape extends TensorShape,
> {
  /** Name of the element type. */
  readonly elementType: Element;
  /** Dimensions, outermost first; empty for a scalar. */
  readonly shape: Shape;
  /** Copies all elements into a new array. */
  toTypedArray(): TensorElements[Element]["array"];
  /** Copies all elements into numbers nested as the dimensions are. */
  toNestedArray(): NestedElements<TensorElements[Element]["element"], Shape>;
  /** Makes the tensor's memory an array, without a copy. */
  map(): BufferMapping<TensorElements[Element]["array"]>;
}

/** Arrays in arrays, as deep as there are dimensions; an element if none. */
export type NestedElements<Element, Shape extends TensorShape> = Shape extends
  readonly [number, ...infer Rest extends TensorShape]
  ? readonly NestedElements<Element, Rest>[]
  : Element;

/**
 * Arrays of elements, where their number tells the shape: at most one dimension
 * may be unknown. `never` otherwise.
 *
 * @typeParam Elements The arrays.
 * @typeParam Shape The dimensions.
 */
export type FlatElements<
  Elements,
  Shape extends TensorShape,
  HasUnknown extends boolean = false,
> = Shape extends readonly [infer First, ...infer Rest extends TensorShape]
  ? number extends First
    ? HasUnknown extends true ? never : FlatElements<Elements, Rest, true>
  : FlatElements<Elements, Rest, HasUnknown>
  : Elements;

/** A tensor in memory of JavaScript that tells its own shape. */
export interface TensorArray<
  Element extends ElementType,
  Shape extends TensorShape,
> {
  /** Name of the element type. */
  readonly elementType: Element;
  /** Dimensions, outermost first. */
  readonly shape: Shape;
  /** The elements in row-major order. */
  readonly data: TensorElements[Element]["arrays"];
}

/**
 * What a function takes for a tensor: a buffer view of that element type and
 * shape, a typed array whose elements are of that type (where at most one
 * dimension is not known, since it has no shape), an object with the shape of
 * such an array, or arrays in arrays as deep as the tensor has dimensions.
 *
 * @typeParam Element Name of the element type.
 * @typeParam Shape The dimensions, such as `readonly [4, number]`.
 */
export type TensorInput<
  Element extends ElementType,
  Shape extends TensorShape,
> =
  | Tensor<Element, Shape>
  | TensorArray<Element, Shape>
  | FlatElements<TensorElements[Element]["arrays"], Shape>
  | NestedElements<TensorElements[Element]["given"], Shape>;

/** A shape as a type, of one in which `null` stands for any size. */
export type TensorShapeOf<Shape extends readonly (number | null)[]> = {
  readonly [Index in keyof Shape]: Shape[Index] extends number ? Shape[Index]
    : number;
};

/**
 * Makes sure that a buffer view is a tensor of an element type and a shape, so
 * that the compiler knows it too.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { asTensor, BufferView, Device, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using view = BufferView.from(device, new Float32Array([1, 2, 3, 4]), [2, 2]);
 * const tensor = asTensor(view, "f32", [null, 2]);
 * const array: Float32Array = tensor.toTypedArray();
 * assertEquals(array[3], 4);
 * assertThrows(() => asTensor(view, "f32", [4]));
 * ```
 *
 * @param view The buffer view.
 * @param elementType Name of the element type.
 * @param shape The dimensions; `null` where any size will do.
 * @returns The same buffer view; throws INVALID_ARGUMENT when it is another
 * tensor.
 */
export function asTensor<
  Element extends ElementType,
  const Shape extends readonly (number | null)[],
>(
  view: BufferView,
  elementType: Element,
  shape: Shape,
): Tensor<Element, TensorShapeOf<Shape>> {
  if (isTensor(view, elementType, shape)) return view;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `wanted a tensor of ${
      formatTensorType(shape, elementType)
    }, given one of ` +
      formatTensorType(view.shape, view.elementType),
  );
}

function isTensor<
  Element extends ElementType,
  Shape extends readonly (number | null)[],
>(
  view: BufferView,
  elementType: Element,
  shape: Shape,
): view is Tensor<Element, TensorShapeOf<Shape>> {
  return view.elementType === elementType &&
    fitsShape(view.shape, shape);
}
