import type { BufferView } from "./buffer_view.ts";
import { IreeError } from "./error.ts";

/**
 * What tensors are made of, by the name of the element type: the arrays whose
 * elements are of that type, and what one element is by itself. What has no
 * array of its own in JavaScript is in one of integers, by its bits.
 */
export interface TensorElements {
  /** A byte that is 0 or 1. */
  i1: { array: Uint8Array<ArrayBuffer>; element: boolean | number };
  /** Two in a byte. */
  i4: { array: Uint8Array<ArrayBuffer>; element: never };
  /** Two in a byte, signed. */
  si4: { array: Uint8Array<ArrayBuffer>; element: never };
  /** Two in a byte, unsigned. */
  ui4: { array: Uint8Array<ArrayBuffer>; element: never };
  /** 8 bits, signed or not. */
  i8: {
    array: Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
    element: number;
  };
  /** 8 bits, signed. */
  si8: { array: Int8Array<ArrayBuffer>; element: number };
  /** 8 bits, unsigned. */
  ui8: { array: Uint8Array<ArrayBuffer>; element: number };
  /** 16 bits, signed or not. */
  i16: {
    array: Int16Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
    element: number;
  };
  /** 16 bits, signed. */
  si16: { array: Int16Array<ArrayBuffer>; element: number };
  /** 16 bits, unsigned. */
  ui16: { array: Uint16Array<ArrayBuffer>; element: number };
  /** 32 bits, signed or not. */
  i32: {
    array: Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
    element: number;
  };
  /** 32 bits, signed. */
  si32: { array: Int32Array<ArrayBuffer>; element: number };
  /** 32 bits, unsigned. */
  ui32: { array: Uint32Array<ArrayBuffer>; element: number };
  /** 64 bits, signed or not. */
  i64: {
    array: BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>;
    element: bigint;
  };
  /** 64 bits, signed. */
  si64: { array: BigInt64Array<ArrayBuffer>; element: bigint };
  /** 64 bits, unsigned. */
  ui64: { array: BigUint64Array<ArrayBuffer>; element: bigint };
  /** 16 bits in IEEE's format. */
  f16: { array: Float16Array<ArrayBuffer>; element: number };
  /** The upper 16 bits of an f32. */
  bf16: { array: Uint16Array<ArrayBuffer>; element: number };
  /** 32 bits in IEEE's format. */
  f32: { array: Float32Array<ArrayBuffer>; element: number };
  /** 64 bits in IEEE's format. */
  f64: { array: Float64Array<ArrayBuffer>; element: number };
  /** Two f32, real part first. */
  cf64: {
    array: Float32Array<ArrayBuffer>;
    element: readonly [number, number];
  };
  /** Two f64, real part first. */
  cf128: {
    array: Float64Array<ArrayBuffer>;
    element: readonly [number, number];
  };
  /** 8 bits: 5 of exponent, 2 of mantissa. */
  f8E5M2: { array: Uint8Array<ArrayBuffer>; element: number };
  /** 8 bits: 4 of exponent, 3 of mantissa. */
  f8E4M3FN: { array: Uint8Array<ArrayBuffer>; element: number };
  /** As `f8E5M2`, with one zero and one NaN. */
  f8E5M2FNUZ: { array: Uint8Array<ArrayBuffer>; element: number };
  /** As `f8E4M3FN`, with one zero and one NaN. */
  f8E4M3FNUZ: { array: Uint8Array<ArrayBuffer>; element: number };
  /** 8 bits of exponent. */
  f8E8M0FNU: { array: Uint8Array<ArrayBuffer>; element: number };
}

/** Name of an element type that tensors of known types can have. */
export type TensorElementType = keyof TensorElements;

/** Dimensions, outermost first; `number` where one is known at run time only. */
export type TensorShape = readonly number[];

/**
 * A buffer view whose element type and shape the compiler knows. At run time it
 * is a buffer view like any other.
 *
 * @typeParam Element Name of the element type.
 * @typeParam Shape The dimensions, such as `readonly [4, number]`.
 */
export type Tensor<Element extends string, Shape extends TensorShape> =
  & BufferView
  & { readonly elementType: Element; readonly shape: Shape };

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
  Element extends TensorElementType,
  Shape extends TensorShape,
> {
  /** Name of the element type. */
  readonly elementType: Element;
  /** Dimensions, outermost first. */
  readonly shape: Shape;
  /** The elements in row-major order. */
  readonly data: TensorElements[Element]["array"];
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
  Element extends TensorElementType,
  Shape extends TensorShape,
> =
  | Tensor<Element, Shape>
  | TensorArray<Element, Shape>
  | FlatElements<TensorElements[Element]["array"], Shape>
  | NestedElements<TensorElements[Element]["element"], Shape>;

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
 * ```ts ignore
 * import { asTensor, type BufferView } from "@iree/runtime";
 *
 * declare const view: BufferView;
 * declare function mul(a: Tensor<"f32", readonly [4, number]>): void;
 * mul(asTensor(view, "f32", [4, null]));
 * ```
 *
 * @param view The buffer view.
 * @param elementType Name of the element type.
 * @param shape The dimensions; `null` where any size will do.
 * @returns The same buffer view; throws INVALID_ARGUMENT when it is another
 * tensor.
 */
export function asTensor<
  Element extends TensorElementType,
  const Shape extends readonly (number | null)[],
>(
  view: BufferView,
  elementType: Element,
  shape: Shape,
): Tensor<Element, TensorShapeOf<Shape>> {
  if (isTensor(view, elementType, shape)) return view;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `wanted a tensor of ${describe(elementType, shape)}, given one of ` +
      describe(view.elementType, view.shape),
  );
}

function isTensor<
  Element extends TensorElementType,
  Shape extends readonly (number | null)[],
>(
  view: BufferView,
  elementType: Element,
  shape: Shape,
): view is Tensor<Element, TensorShapeOf<Shape>> {
  return view.elementType === elementType &&
    view.shape.length === shape.length &&
    shape.every((size, axis) => size === null || size === view.shape[axis]);
}

function describe(
  elementType: string,
  shape: readonly (number | null)[],
): string {
  return [...shape.map((size) => size ?? "?"), elementType].join("x");
}
