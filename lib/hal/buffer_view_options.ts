import { IreeError } from "../base/error.ts";
import type { ElementType } from "../tensor/element_type.ts";

/** How a buffer view is made from data. */
export interface BufferViewOptions {
  /**
   * Type of the elements. Left out, the class of the array tells: `f32` for a
   * `Float32Array`, `i32` and `ui32` for `Int32Array` and `Uint32Array`, and so
   * on. Needed for numbers, and for `i1`, `bf16`, complex and other types that
   * have no class of arrays to themselves.
   */
  elementType?: ElementType | undefined;
  /**
   * Dimensions, outermost first, `[]` for a scalar; left out, that of nested
   * arrays, or one dimension.
   */
  shape?: readonly number[] | undefined;
}

/** The shape alone, or all options. */
export type ShapeOrOptions = readonly number[] | BufferViewOptions | undefined;

/**
 * Puts the shape, which can come before the options, among them.
 *
 * @param shape The shape or the options.
 * @param options The options after a shape.
 * @returns All options; throws INVALID_ARGUMENT where there are two shapes.
 */
export function mergeShape(
  shape: ShapeOrOptions,
  options: BufferViewOptions | undefined,
): BufferViewOptions {
  if (shape === undefined) return options ?? {};
  if (isOptions(shape)) {
    if (options === undefined) return shape;
    throw new IreeError(
      "INVALID_ARGUMENT",
      "options must be passed once, got two objects",
    );
  }
  const { elementType, shape: second } = options ?? {};
  if (second === undefined) return { elementType, shape };
  throw new IreeError(
    "INVALID_ARGUMENT",
    "shape must be passed once, got an argument and an option",
  );
}

// What is neither is refused as a shape.
function isOptions(
  value: readonly number[] | BufferViewOptions,
): value is BufferViewOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
