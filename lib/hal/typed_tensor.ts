import { IreeError } from "../base/error.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import type { ElementType } from "../tensor/element_type.ts";
import { fitsShape } from "../tensor/encode_tensor.ts";
import { formatTensorType } from "../tensor/shape.ts";
import type { BufferMapping } from "./buffer_mapping.ts";
import type { BufferView } from "./buffer_view.ts";

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
