import { copyArray, mustBe, toByteCount } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { handleOf } from "../base/native_object.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import { type ElementType, elementTypeInfo } from "../tensor/element_type.ts";
import { fitsShape } from "../tensor/encode_tensor.ts";
import { formatTensorType } from "../tensor/shape.ts";
import type { BufferMapping } from "./buffer_mapping.ts";
import { BufferView } from "./buffer_view.ts";

/** Dimensions, outermost first; `number` for one known only at run time. */
export type TensorShape = readonly number[];

/**
 * A buffer view whose element type and shape are known at compile time. At run
 * time it is an ordinary buffer view.
 *
 * @typeParam Element Name of the element type.
 * @typeParam Shape The dimensions, such as `readonly [4, number]`.
 */
export type Tensor<Element extends ElementType, Shape extends TensorShape> =
  & TensorMembers<Element, Shape>
  & BufferView;

/** Members of a tensor with more precise types than those of a buffer view. */
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
  /** Copies all elements into numbers, nested by dimension. */
  toNestedArray(): NestedElements<TensorElements[Element]["element"], Shape>;
  /** Maps the tensor's memory as an array, without a copy. */
  map(): BufferMapping<TensorElements[Element]["array"]>;
}

/** Arrays nested as deep as the dimensions; an element if there are none. */
export type NestedElements<Element, Shape extends TensorShape> = Shape extends
  readonly [number, ...infer Rest extends TensorShape]
  ? readonly NestedElements<Element, Rest>[]
  : Element;

/**
 * Arrays of elements whose length determines the shape: at most one dimension
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

/** A tensor in JavaScript memory with its shape. */
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
 * Tensor arguments of a function: a buffer view of that element type and shape,
 * a typed array of that element type (if at most one dimension is unknown,
 * since it has no shape), an object with an array and its shape, or arrays
 * nested as deep as the dimensions.
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

/** Converts a shape in which `null` means any size to a type. */
export type TensorShapeOf<Shape extends readonly (number | null)[]> = {
  readonly [Index in keyof Shape]: Shape[Index] extends number ? Shape[Index]
    : number;
};

/**
 * Checks that a buffer view has an element type and a shape, and returns it
 * with a type that includes them.
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
 * @param shape The dimensions; `null` for any size.
 * @returns The same buffer view; throws INVALID_ARGUMENT if they do not match.
 */
export function asTensor<
  Element extends ElementType,
  const Shape extends readonly (number | null)[],
>(
  view: BufferView,
  elementType: Element,
  shape: Shape,
): Tensor<Element, TensorShapeOf<Shape>> {
  handleOf(view);
  if (!(view instanceof BufferView)) throw mustBe("view", "a BufferView", view);
  const { name } = elementTypeInfo(elementType);
  const wanted = copyArray("shape", shape, checkDimension);
  if (isTensor(view, elementType, shape)) return view;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `view must be of type ${formatTensorType(wanted, name)}, got ` +
      formatTensorType(view.shape, view.elementType),
  );
}

function checkDimension(size: number | null): void {
  if (size !== null) toByteCount("a dimension", size);
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
