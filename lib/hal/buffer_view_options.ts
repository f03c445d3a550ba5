import { isArray } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { ElementType } from "../tensor/element_type.ts";

/** Options for creating a buffer view from data. */
export interface BufferViewOptions {
  /**
   * Element type. Inferred from the array's class if omitted: `f32` for a
   * `Float32Array`, `i32` and `ui32` for `Int32Array` and `Uint32Array`, and so
   * on. Required for numbers, and for `i1`, `bf16`, complex and other types
   * that share an array class.
   */
  elementType?: ElementType | undefined;
  /**
   * Dimensions, outermost first, `[]` for a scalar. If omitted, the shape of
   * nested arrays, or one dimension.
   */
  shape?: readonly number[] | undefined;
}

const OPTIONS: OptionNames<BufferViewOptions> = {
  elementType: true,
  shape: true,
};

/** Only the shape, or all options. */
export type ShapeOrOptions = readonly number[] | BufferViewOptions | undefined;

/**
 * Merges a shape argument into the options.
 *
 * @param shape The shape or the options.
 * @param options The options after a shape.
 * @returns All options; throws INVALID_ARGUMENT for two shapes.
 */
export function mergeShape(
  shape: ShapeOrOptions,
  options: BufferViewOptions | undefined,
): BufferViewOptions {
  if (shape === undefined) return readOptions(options, OPTIONS);
  if (isOptions(shape)) {
    if (options === undefined) return readOptions(shape, OPTIONS);
    throw new IreeError(
      "INVALID_ARGUMENT",
      "options must be passed once, got two objects",
    );
  }
  const { elementType, shape: second } = readOptions(options, OPTIONS);
  if (second === undefined) return { elementType, shape };
  throw new IreeError(
    "INVALID_ARGUMENT",
    "shape must be passed once, got an argument and an option",
  );
}

// Anything else is rejected as a shape.
function isOptions(
  value: readonly number[] | BufferViewOptions,
): value is BufferViewOptions {
  return typeof value === "object" && value !== null && !isArray(value);
}
